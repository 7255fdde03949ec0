import { z } from "zod";
import type { CommandResult } from "../../examples/demo/engine/command.ts";
import type { Workspace } from "../../examples/demo/engine/workspace.ts";
import { parseJson } from "../../provider/deepseek/document.ts";
import { findLeaks, type Sink } from "../support/leaks.ts";

/** The engine omits empty lists or writes `null`. */
const listOf = <T extends z.ZodType>(entry: T) => z.array(entry).nullish();

const exportSchema = z.object({
  deployment: z.object({
    resources: listOf(z.object({ type: z.string(), outputs: z.unknown().optional() })),
    pending_operations: listOf(z.object({ type: z.string() })),
  }),
});

const secret = z.object({ plaintext: z.string().transform((text): unknown => JSON.parse(text)) });
const connectionSchema = z.object({ status: z.string(), apiKey: secret, openai: secret });
const stackSchema = z.object({ apiKey: secret.optional() }).default({});

/** Keys by their names in the table of results. */
export type Keys = Readonly<Record<string, string>>;

/**
 * Describes which key is stored, and everything that must not be stored: a second connection, a pending operation, a file
 * with incomplete JSON, a key in plain text.
 */
export async function stored(stack: Workspace, keys: Keys, said: readonly CommandResult[]): Promise<string> {
  const { code, stdout, all } = await stack.run(["stack", "export", "--show-secrets"]);
  return [
    ...(code === 0 ? wordsFor(stdout, keys) : wordsOfFailure(all)),
    ...(await spoiledFiles(stack)),
    ...(await leaks(stack, keys, said)),
  ].join(", ");
}

/** The engine finds no readable stack if one of its files is incomplete. Describes which one. */
function wordsOfFailure(said: string): string[] {
  return /no stack named|failed to load checkpoint/.test(said) ? [] : [`unreadable: ${said}`];
}

function wordsFor(exported: string, keys: Keys): string[] {
  const { resources, pending_operations: pending } = exportSchema.parse(JSON.parse(exported)).deployment;
  const nameOf = (key: unknown) => Object.keys(keys).find((name) => keys[name] === key) ?? "unknown key";
  const outputsOf = (suffix: string) => (resources ?? []).filter(({ type }) => type.endsWith(suffix));

  const words: string[] = [];
  const connections = outputsOf(":DeepSeekConnection").map(({ outputs }) => connectionSchema.parse(outputs));
  for (const { status, apiKey, openai } of connections) {
    words.push(nameOf(apiKey.plaintext));
    if (status !== "valid") words.push(`status ${status}`);
    if (z.object({ apiKey: z.literal(String(apiKey.plaintext)) }).safeParse(openai.plaintext).error)
      words.push("another key in 'openai'");
  }
  if (connections.length === 0) words.push("nothing");
  for (const { outputs } of outputsOf("pulumi:pulumi:Stack")) {
    // Other stacks read these outputs.
    const told = stackSchema.parse(outputs).apiKey?.plaintext;
    if (told !== connections[0]?.apiKey.plaintext)
      words.push(told === undefined ? "no output" : `output ${nameOf(told)}`);
  }
  for (const { type } of pending ?? []) words.push(`pending ${type}`);
  return words;
}

/** Files of the backend with incomplete JSON, including the state's attributes. */
async function spoiledFiles(stack: Workspace): Promise<string[]> {
  const files = [...(await stack.files())].filter(([path]) =>
    /^backend[\\/].*(\.json|\.bak|dev\.json\.attrs)$/.test(path),
  );
  const spoiled = files.filter(([, content]) => !isJson(content.toString())).map(([path]) => path);
  const names = spoiled.map((path) =>
    path.endsWith(".attrs") ? "state's attributes" : (/history|backups|locks|bak$/.exec(path)?.[0] ?? "state"),
  );
  return [...new Set(names)].map((name) => `${name} cut off`);
}

export function isJson(text: string): boolean {
  return parseJson(text) !== undefined;
}

async function leaks(stack: Workspace, keys: Keys, said: readonly CommandResult[]): Promise<string[]> {
  const sinks: Sink[] = [...(await stack.files()), ...said.map(({ all }) => ["console", all] as const)];
  return Object.values(keys).flatMap((key) => findLeaks(key, sinks));
}
