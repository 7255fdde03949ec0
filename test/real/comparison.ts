import { KnownSecrets, printable } from "../../dist/provider/deepseek/redact.js";
import { sandboxKey } from "../../provider/sandbox/accounts.ts";
import type { ScenarioName } from "../../provider/sandbox/scenarios.ts";
import { startSandbox } from "../../provider/sandbox/server.ts";
import { type Answer, type Answers, askAll, callNames, type Reply } from "./replies.ts";
import { compareShapes, shapeOf } from "./shape.ts";

/** A difference between the sandbox's reply and the service's. It contains names and types, and no value of a field. */
export interface Difference {
  /** One line: where, what the sandbox has, what the service answered. */
  readonly text: string;
  /** Whether users cannot notice it, such as an added field. */
  readonly isHarmless: boolean;
}

/** Longest text of the service in a line, in characters: a path of fields, or a content type. */
const MAX_TEXT = 120;

/**
 * Makes the same calls to a service and to a sandbox, and compares the replies.
 *
 * @param scenario what the sandbox does with its key, so that it answers as the service does to this account
 */
export async function compareWithSandbox(
  service: { readonly baseUrl: string; readonly apiKey: string },
  scenario: ScenarioName = "good",
): Promise<readonly Difference[]> {
  const sandbox = await startSandbox();
  try {
    const apiKey = sandboxKey("a good key");
    sandbox.use(apiKey, scenario);
    const assumed = await askAll({ baseUrl: sandbox.url, apiKey });
    return differencesOf(assumed, await askAll(service), service.apiKey);
  } finally {
    await sandbox.close();
  }
}

/** @param apiKey the service's key, which could be repeated in its replies */
function differencesOf(assumed: Answers, answered: Answers, apiKey: string): readonly Difference[] {
  const secrets = KnownSecrets.of(apiKey);
  const safe = (text: string) =>
    secrets.areIn(text) || secrets.keyIsIn(text) ? "[hidden]" : printable(text, MAX_TEXT);
  return callNames.flatMap((name) =>
    rowsOf(assumed[name], answered[name]).map(({ place, sandbox, service, isHarmless = false }) => ({
      text: `${name}, ${safe(place)}: sandbox: ${sandbox}; service: ${safe(service)}`,
      isHarmless,
    })),
  );
}

interface Row {
  readonly place: string;
  readonly sandbox: string;
  readonly service: string;
  readonly isHarmless?: boolean;
}

function rowsOf(sandbox: Answer, service: Answer): readonly Row[] {
  if (typeof sandbox === "string") throw new Error(`The sandbox gave no reply: ${sandbox}.`);
  if (service === "no answer") return [{ place: "status", sandbox: String(sandbox.status), service }];
  // The reason is a difference in the list of models, which is reported there.
  if (service === "no model") {
    return [{ place: "status", sandbox: String(sandbox.status), service: "not called: no model", isHarmless: true }];
  }
  const isSameKind = isSuccess(sandbox) === isSuccess(service);
  return [
    ...statusRows(sandbox, service, isSameKind),
    ...traceRows(sandbox, service),
    ...retryAfterRows(sandbox, service),
    // A refusal in place of a success has another body, all of whose fields differ.
    ...(isSameKind ? [...contentTypeRows(sandbox, service), ...bodyRows(sandbox, service)] : []),
  ];
}

function isSuccess({ status }: Reply): boolean {
  return status >= 200 && status < 300;
}

function statusRows(sandbox: Reply, service: Reply, isSameKind: boolean): readonly Row[] {
  if (sandbox.status === service.status) return [];
  const isTemporary = service.status === 429 || service.status >= 500;
  const notes = [isTemporary ? "it may be temporary" : [], isSameKind ? [] : "its body was not compared"].flat();
  const note = notes.length === 0 ? "" : ` (${notes.join("; ")})`;
  return [{ place: "status", sandbox: String(sandbox.status), service: `${service.status}${note}` }];
}

function traceRows(sandbox: Reply, service: Reply): readonly Row[] {
  if (sandbox.hasTraceId === service.hasTraceId) return [];
  const words = ({ hasTraceId }: Reply) => (hasTraceId ? "present" : "missing");
  return [headerRow("x-ds-trace-id", words(sandbox), words(service))];
}

function retryAfterRows(sandbox: Reply, service: Reply): readonly Row[] {
  const [some, others] = [formOf(sandbox.retryAfter), formOf(service.retryAfter)];
  return some === others ? [] : [headerRow("retry-after", some, others)];
}

/** The seconds themselves differ from call to call. */
function formOf(retryAfter: string | undefined): string {
  if (retryAfter === undefined) return "missing";
  if (/^\d+$/.test(retryAfter)) return "seconds";
  return Number.isNaN(Date.parse(retryAfter)) ? "in another form" : "a date";
}

function contentTypeRows(sandbox: Reply, service: Reply): readonly Row[] {
  const [some, others] = [sandbox.contentType ?? "missing", service.contentType ?? "missing"];
  if (some === others) return [];
  const mediaType = (text: string) => text.replace(/;.*/s, "").trim().toLowerCase();
  return [{ ...headerRow("content-type", some, others), isHarmless: mediaType(some) === mediaType(others) }];
}

/** A header that the sandbox does not have is harmless, as an added field is. */
function headerRow(name: string, sandbox: string, service: string): Row {
  return { place: `header ${name}`, sandbox, service, isHarmless: sandbox === "missing" };
}

function bodyRows(sandbox: Reply, service: Reply): readonly Row[] {
  const words = ({ json }: Reply) => (json === undefined ? "not JSON" : "JSON");
  if (words(sandbox) !== words(service)) return [{ place: "body", sandbox: words(sandbox), service: words(service) }];
  if (sandbox.json === undefined) return [];
  return compareShapes(shapeOf(sandbox.json), shapeOf(service.json)).map(({ path, expected, found, isHarmless }) => ({
    place: path === "" ? "body" : path,
    sandbox: expected,
    service: found,
    isHarmless,
  }));
}
