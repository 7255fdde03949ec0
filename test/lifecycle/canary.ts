import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { expect, type MockInstance, vi } from "vitest";
import type { Workspace } from "../../examples/demo/engine/workspace.ts";
import type { Bag } from "../../provider/core/values.ts";
import { check, create, read, update } from "../../provider/dynamic-shell.ts";
import { type Shape, shapes } from "../support/keys.ts";
import { findLeaks, type Sink } from "../support/leaks.ts";

/**
 * Switches that are not tested: Pulumi's debug switches print every secret, as its documentation says. So does
 * `pulumi up --json`, which prints debug events too (seen with engine 3.274.1).
 */
const leftOut = ["--debug", "-v=9", "--logtostderr", "PULUMI_DEBUG_GRPC"];

/** A workspace that records the output of each command, to search it together with its files. */
export class Watched implements AsyncDisposable {
  readonly #sinks: Sink[] = [];
  readonly #keys = new Map<string, string>();
  readonly #stack: Workspace;
  readonly #execute: Workspace["run"];
  readonly #leftOut: readonly string[];
  env: Readonly<Record<string, string>> = {};

  /**
   * @param execute executes the commands @default the CLI
   * @param tested debug switches that are tested nevertheless
   */
  constructor(
    stack: Workspace,
    {
      execute = stack.run.bind(stack),
      tested = [],
    }: { readonly execute?: Workspace["run"] | undefined; readonly tested?: readonly string[] } = {},
  ) {
    this.#stack = stack;
    this.#execute = execute;
    this.#leftOut = leftOut.filter((name) => !tested.includes(name));
  }

  watch(phase: string, keys: Readonly<Record<string, string>>): void {
    for (const [name, key] of Object.entries(keys)) this.#keys.set(`${phase} ${name}`, key);
  }

  /** Passes these keys to the program, each from its source. */
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

  /** Runs a command, which must have the given outcome, and records its output. */
  async run(command: string, outcome: "works" | "fails" | "either" = "works"): Promise<string> {
    const parameters = command.split(" ");
    expect([...parameters, ...Object.keys(this.env)].filter((name) => this.#leftOut.includes(name))).toEqual([]);
    const { code, stdout, stderr, all } = await this.#execute(parameters, { env: this.env });
    this.#sinks.push([`stdout of ${command}`, stdout], [`stderr of ${command}`, stderr]);
    if (outcome !== "either") expect(code === 0, `${command}:\n${all}`).toBe(outcome === "works");
    return all;
  }

  /** Runs the commands with which a user inspects a stack. */
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

/** Keys by name. */
export type Keys = Readonly<Record<string, string>>;

/** Sources of an argument: another secret, the same without `requireSecret`, and two values that Pulumi does not know as secrets. */
const argumentOrigins = ["requireSecret", "require", "secret", "plain"];

/** A fresh key of each shape for each source, by "source.shape". `deepseek:apiKey` has only one key. */
export function newKeys(shapeOfConfigured: Shape): Keys {
  const given = argumentOrigins.flatMap((origin) =>
    Object.entries(shapes).map(([shape, make]) => [`${origin}.${shape}`, make()] as const),
  );
  return { ...Object.fromEntries(given), [`configured.${shapeOfConfigured}`]: shapes[shapeOfConfigured]() };
}

/** Records the messages, failures and complete errors of the provider in this process. */
export class Overheard implements Disposable {
  readonly sinks: Sink[] = [];
  readonly #spies: readonly MockInstance[];

  constructor() {
    this.#spies = (["debug", "info", "warn", "error"] as const).map((level) =>
      vi.spyOn(pulumi.log, level).mockImplementation(async (text) => void this.sinks.push([`log.${level}`, text])),
    );
  }

  /** Records a result or a thrown error. */
  async note(name: string, make: () => Promise<unknown>): Promise<void> {
    const made = await make().catch((thrown: unknown) => thrown);
    const { message = "", stack = "" } = made instanceof Error ? made : {};
    const seen = [message, stack, inspect(made, { depth: 20, showHidden: true }), JSON.stringify(made)];
    this.sinks.push([name, seen.join("\n")]);
  }

  /** Lets the provider check, create, update and read a connection. The engine encrypts what the provider stores. */
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

/** Outputs without those that the engine encrypts because the inputs with the same names are secrets. */
function unnamed({ openai, ...outs }: Bag = {}, inputs: Bag): Bag {
  return Object.fromEntries(Object.entries(outs).filter(([name]) => !(name in inputs)));
}

/** Inputs that must not contain a key, and one that does not exist. */
export const wrongPlaces = "baseUrl defaultModel displayName verify testCall timeoutSeconds maxAttempts region".split(
  " ",
);
