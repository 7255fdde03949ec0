import type * as z from "zod/mini";
import en from "zod/v4/locales/en.js";
import { parseBaseUrl } from "../../provider/deepseek/endpoint.ts";
import { monitorEnvironment } from "./environment.ts";
import { type MonitorEvent, monitorEvent } from "./event.ts";

/** zod's small form has no texts of its own, and by its index all languages would come along. */
const texts = { error: en().localeError };

/** What the function's environment says, in its final form. */
export type FunctionSettings = z.output<typeof monitorEnvironment>;

/** @throws Error that names each variable that is missing or wrong */
export function readEnvironment(environment: Readonly<Record<string, string | undefined>>): FunctionSettings {
  const parsed = monitorEnvironment.safeParse(environment, texts);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path[0]?.toString()}: ${issue.message}`);
  throw new Error(
    `The environment of the monitor's function is not valid (${problems.join("; ")}). ` +
      "Run 'pulumi up' to restore what the monitor sets.",
  );
}

/**
 * Checks an event and brings its base URLs into the one form that is called and measured.
 *
 * @throws Error that names each field that is wrong
 */
export function readEvent(event: unknown): MonitorEvent {
  const parsed = monitorEvent.safeParse(event, texts);
  if (!parsed.success) throw invalid(parsed.error.issues.map((issue) => `${placeOf(issue.path)}: ${issue.message}`));
  const problems: string[] = [];
  const names = new Set<string>();
  const connections = parsed.data.connections.map((connection, index) => {
    const url = parseBaseUrl(connection.baseUrl);
    if (!url.ok) problems.push(`connections[${index}].baseUrl: ${url.problem}`);
    if (names.has(connection.name)) problems.push(`connections[${index}].name: '${connection.name}' is there twice`);
    names.add(connection.name);
    return url.ok ? { ...connection, baseUrl: url.baseUrl } : connection;
  });
  if (problems.length > 0) throw invalid(problems);
  return { ...parsed.data, connections };
}

function placeOf(path: readonly PropertyKey[]): string {
  const place = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
  return place.replace(/^\./, "") || "event";
}

function invalid(problems: readonly string[]): Error {
  const shown = problems.slice(0, 5).join("; ");
  const more = problems.length > 5 ? `; and ${problems.length - 5} more` : "";
  return new Error(
    `The event of the monitor's schedule is not valid (${shown}${more}). Run 'pulumi up' to restore what the monitor sets.`,
  );
}
