import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { expect, type MockInstance, vi } from "vitest";
import type { Workspace } from "../../examples/demo/engine/workspace.ts";
import type { Bag } from "../../provider/core/values.ts";
import { check, create, read, update } from "../../provider/dynamic-shell.ts";
import { type ScenarioName, scenarioNames } from "../../provider/sandbox/scenarios.ts";
import { startSandbox } from "../../provider/sandbox/server.ts";
import { type Shape, shapes } from "../support/keys.ts";
import { findLeaks, type Sink } from "../support/leaks.ts";

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

  /** Gives the program a header's value as a secret of its configuration. */
  async giveValue(phase: string, value: string): Promise<void> {
    this.watch(phase, { value });
    expect(await this.#stack.run(["config", "set-all", "--secret", `other:value=${value}`])).toMatchObject({ code: 0 });
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

/** Keys by their names. */
export type Keys = Readonly<Record<string, string>>;

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
