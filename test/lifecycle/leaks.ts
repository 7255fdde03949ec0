import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { expect, type MockInstance, vi } from "vitest";
import { type ScenarioName, scenarioNames } from "../../examples/sandbox/scenarios.ts";
import { startSandbox } from "../../examples/sandbox/server.ts";
import type { Bag } from "../../provider/arguments.ts";
import { check, create, read, update } from "../../provider/lifecycle.ts";
import type { Workspace } from "../engine/workspace.ts";

/** Something that is written or shown, and what it holds. */
export type Sink = readonly [name: string, content: string | Buffer];

type Form = readonly [name: string, encode: (text: string) => readonly string[]];

const forms: readonly Form[] = [
  ["plain", (text) => [text]],
  ["hex", (text) => [Buffer.from(text).toString("hex")]],
  ["base64", (text) => [0, 1, 2].map((shift) => base64Core(text, shift, "base64"))],
  ["base64url", (text) => [0, 1, 2].map((shift) => base64Core(text, shift, "base64url"))],
  ["JSON-escaped", (text) => [json(text), goJson(text)]],
  // As in a JSON text that is a string of another one: a state in a log, a plan's inputs.
  ["JSON-escaped twice", (text) => [json(json(text)), goJson(goJson(text)), goJson(json(text))]],
  ["JSON-escaped throughout", (text) => [each(text, (code) => `\\u${code.padStart(4, "0")}`)]],
  ["percent-encoded", (text) => [encodeURIComponent(text), encodeURI(text), formEncoded(text)]],
  ["percent-encoded throughout", (text) => [each(text, (code) => `%${code}`)]],
];

/**
 * Looks for a key wherever it must not be: whole, by its first 12 characters after `sk-` and by its last 8, each as it is
 * and in every form that a console, a log or a state could give it. Case never matters: whoever has the key in the wrong
 * case has it.
 *
 * @returns a line for each find, "form of part in sink", without anything of the key
 */
export function findLeaks(key: string, sinks: Iterable<Sink>): string[] {
  const needles = needlesOf(key);
  return [...sinks].flatMap(([name, content]) => {
    // Byte for byte, so that a key is found among bytes that are no text.
    const text = (typeof content === "string" ? content : content.toString("latin1")).toLowerCase();
    return needles.filter(({ needle }) => text.includes(needle)).map(({ label }) => `${label} in ${name}`);
  });
}

function needlesOf(key: string): readonly { readonly needle: string; readonly label: string }[] {
  const parts = {
    "the key": key,
    "its first characters": key.replace(/^sk-/, "").slice(0, 12),
    "its end": key.slice(-8),
  };
  // Many forms of a key without special characters are the same text: the first name stands for it.
  const labels = new Map<string, string>();
  for (const [part, text] of Object.entries(parts)) {
    for (const [form, encode] of forms) {
      for (const needle of encode(text).map((encoded) => encoded.toLowerCase())) {
        if (!labels.has(needle)) labels.set(needle, `${part}, ${form},`);
      }
    }
  }
  return [...labels].map(([needle, label]) => ({ needle, label }));
}

/** The characters that are the same whatever stands before and behind, after `shift` bytes of something else. */
function base64Core(text: string, shift: number, encoding: "base64" | "base64url"): string {
  const bytes = Buffer.from("-".repeat(shift) + text);
  const whole = Math.floor((bytes.length * 8) / 6);
  return bytes.toString(encoding).slice(Math.ceil((shift * 8) / 6), whole);
}

function json(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Go's encoder, hence the engine's, escapes what is special in HTML too. */
function goJson(text: string): string {
  return json(text).replace(/[<>&]/g, (character) => each(character, (code) => `\\u00${code}`));
}

/** As in a form's body, where all but letters, digits and `*-._` is encoded. */
function formEncoded(text: string): string {
  return new URLSearchParams([["", text]]).toString().slice(1);
}

function each(text: string, encode: (code: string) => string): string {
  return [...Buffer.from(text)].map((byte) => encode(byte.toString(16).padStart(2, "0"))).join("");
}

/** The rows that are left out: Pulumi's own debug switches print every secret, as its documentation says. */
const leftOut = ["--debug", "-v=9", "--logtostderr", "PULUMI_DEBUG_GRPC"];

/** A workspace whose every command is kept, to be searched together with its files. */
export class Watched implements AsyncDisposable {
  readonly #sinks: Sink[] = [];
  readonly #keys = new Map<string, string>();
  readonly #stack: Workspace;
  env: Readonly<Record<string, string>> = {};

  constructor(stack: Workspace) {
    this.#stack = stack;
  }

  watch(phase: string, keys: Readonly<Record<string, string>>): void {
    for (const [name, key] of Object.entries(keys)) this.#keys.set(`${phase} ${name}`, key);
  }

  /** Gives the program these keys, each by its way. */
  async giveKeys(phase: string, keys: Readonly<Record<string, string>>): Promise<void> {
    this.watch(phase, keys);
    this.env = { ...this.env, CANARY_KEYS: JSON.stringify(keys) };
    const settings = Object.entries(keys).flatMap(([name, key]) => {
      return ["--secret", `${name.startsWith("configured") ? "deepseek:apiKey" : `other:${name}`}=${key}`];
    });
    expect(await this.#stack.run(["config", "set-all", ...settings])).toMatchObject({ code: 0 });
  }

  /** Runs a command, which must succeed or fail as told, and keeps what it says. */
  async run(command: string, outcome: "works" | "fails" | "either" = "works"): Promise<string> {
    const parameters = command.split(" ");
    expect([...parameters, ...Object.keys(this.env)].filter((name) => leftOut.includes(name))).toEqual([]);
    const { code, stdout, stderr, all } = await this.#stack.run(parameters, { env: this.env });
    this.#sinks.push([`stdout of ${command}`, stdout], [`stderr of ${command}`, stderr]);
    if (outcome !== "either") expect(code === 0, `${command}:\n${all}`).toBe(outcome === "works");
    return all;
  }

  /** What a user looks at between deployments. */
  async lookAround(): Promise<void> {
    const shown = ["stack", "stack output", "stack output --json", "stack export", "stack history", "config"];
    for (const command of [...shown, "stack history --json", "config --json"]) await this.run(command);
  }

  async leaks(): Promise<string[]> {
    const sinks: Sink[] = [...this.#sinks, ...(await this.#stack.files())];
    return [...this.#keys].flatMap(([name, key]) => findLeaks(key, sinks).map((leak) => `${name}: ${leak}`));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.remove();
  }
}

export const shapes = {
  usual: () => `sk-${randomBytes(16).toString("hex")}`,
  // Whatever an encoding changes, at both ends and in the middle.
  odd: () => String.raw`sk-+/=%&\<${randomBytes(6).toString("hex")}+&%${randomBytes(6).toString("hex")}<=\/&+%`,
};

/** Keys by their names. */
export type Keys = Readonly<Record<string, string>>;
export type Shape = keyof typeof shapes;

/** Arguments: a secret of another namespace, the same read in plain, and two that Pulumi has never seen as a secret. */
const argumentOrigins = ["requireSecret", "require", "secret", "plain"];

/** A fresh key of each shape for each origin, by "origin.shape"; `deepseek:apiKey` can hold one only. */
export function newKeys(shapeOfConfigured: Shape): Keys {
  const given = argumentOrigins.flatMap((origin) =>
    Object.entries(shapes).map(([shape, make]) => [`${origin}.${shape}`, make()] as const),
  );
  return { ...Object.fromEntries(given), [`configured.${shapeOfConfigured}`]: shapes[shapeOfConfigured]() };
}

/** What the provider says in this process: its messages, its failures, its errors with all that hangs on them. */
export class Overheard implements Disposable {
  readonly sinks: Sink[] = [];
  readonly #spies: readonly MockInstance[];

  constructor() {
    this.#spies = (["debug", "info", "warn", "error"] as const).map((level) =>
      vi.spyOn(pulumi.log, level).mockImplementation(async (text) => void this.sinks.push([`log.${level}`, text])),
    );
  }

  /** Keeps what comes of something, be it thrown. */
  async note(name: string, make: () => Promise<unknown>): Promise<void> {
    const made = await make().catch((thrown: unknown) => thrown);
    const { message = "", stack = "" } = made instanceof Error ? made : {};
    const seen = [message, stack, inspect(made, { depth: 20, showHidden: true }), JSON.stringify(made)];
    this.sinks.push([name, seen.join("\n")]);
  }

  /** Has the provider check, create, update and read a connection. What it stores is for the engine to encrypt. */
  async provider(name: string, inputs: Bag): Promise<void> {
    await this.note(`${name}: check`, async () => (await check({}, inputs)).failures);
    await this.note(`${name}: create`, async () => unnamed((await create(inputs)).outs, inputs));
    await this.note(`${name}: update`, async () => unnamed((await update("id", inputs, inputs)).outs, inputs));
    await this.note(`${name}: read`, async () => unnamed((await read("id", inputs)).props, inputs));
  }

  [Symbol.dispose](): void {
    for (const spy of this.#spies) spy.mockRestore();
  }
}

/** Outputs without those that the engine encrypts when the inputs of their names are secrets. */
function unnamed({ openai, ...outs }: Bag = {}, inputs: Bag): Bag {
  return Object.fromEntries(Object.entries(outs).filter(([name]) => !(name in inputs)));
}

/** Inputs that are no place for a key, and one that does not exist. */
export const wrongPlaces = "baseUrl defaultModel displayName verify testCall timeoutSeconds maxAttempts region".split(
  " ",
);

export interface ScenarioServers {
  /** By scenario, an address at which every key meets it; at "echoing-chat" the free calls are good. */
  readonly urls: Readonly<Record<string, string>>;
  /** Scenarios that begin badly do so again. */
  restart(keys: readonly string[]): void;
  close(): Promise<void>;
}

/** A sandbox for each scenario, so that one key, of whatever origin, can meet them all. */
export async function startScenarioServers(): Promise<ScenarioServers> {
  const start = async (scenario: ScenarioName) =>
    [scenario, await startSandbox({ defaultScenario: scenario })] as const;
  const sandboxes = new Map(await Promise.all(scenarioNames.map(start)));
  const echoingChat = createServer(({ method, url, headers }, response) => {
    // Without its body, which neither of the two needs.
    const { "content-length": _, ...rest } = headers;
    const target = sandboxes.get(method === "POST" ? "echoing" : "good")?.url ?? "";
    const onward = request(target + url, { method, headers: rest }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    onward.end();
  }).listen(0, "127.0.0.1");
  await once(echoingChat, "listening");
  const { port } = echoingChat.address() as AddressInfo;
  return {
    urls: {
      ...Object.fromEntries([...sandboxes].map(([scenario, { url }]) => [scenario, url])),
      "echoing-chat": `http://127.0.0.1:${port}`,
    },
    restart(keys) {
      for (const [scenario, sandbox] of sandboxes) for (const key of keys) sandbox.use(key, scenario);
    },
    async close() {
      echoingChat.close();
      echoingChat.closeAllConnections();
      for (const sandbox of sandboxes.values()) await sandbox.close();
    },
  };
}
