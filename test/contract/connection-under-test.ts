import { randomBytes } from "node:crypto";
import { expect } from "vitest";
import type { Bag } from "../../provider/core/values.ts";
import type { ScenarioName } from "../../provider/sandbox/scenarios.ts";
import { type Sandbox, startSandbox } from "../../provider/sandbox/server.ts";
import type { Driver, Program, Shown, Stack } from "./stack.ts";

/** What a command showed, and what it asked of the service. */
export interface Seen extends Shown {
  /** Which calls were made, such as `GET /models`: each once, in alphabetical order. */
  readonly calls: readonly string[];
}

/** A program that says which key its connection has. */
export type ProgramWithKey = Program & { readonly inputs: { readonly apiKey: string } };

export const freeCalls = ["GET /models", "GET /user/balance"];
export const allCalls = [...freeCalls, "POST /chat/completions"];

/** The end of every key here. It occurs in nothing else that is printed, so these few characters tell that a key was. */
const KEY_END = "wxyz";

/** A stack with one connection, in some shell, to a sandbox of its own. No command may print a key. */
export class ConnectionUnderTest implements AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly #stack: Stack;
  /** What was deployed last, unless something else has changed what is stored since. */
  #deployed: Program | undefined;

  constructor(sandbox: Sandbox, stack: Stack) {
    this.sandbox = sandbox;
    this.#stack = stack;
  }

  /** A fresh key that meets the given scenario. */
  key(scenario: ScenarioName): string {
    const key = `sk-${randomBytes(14).toString("hex")}${KEY_END}`;
    this.sandbox.use(key, scenario);
    return key;
  }

  /** A program whose connection has a fresh key that meets the scenario, and is not asked twice while it fails. */
  program(scenario: ScenarioName, more: Bag = {}): ProgramWithKey {
    const inputs = { apiKey: this.key(scenario), baseUrl: this.sandbox.url, displayName: "main", maxAttempts: 1 };
    return { inputs: { ...inputs, ...more } };
  }

  preview(program: Program): Promise<Seen> {
    return this.#watch(() => this.#stack.preview(program));
  }

  async up(program: Program): Promise<Seen> {
    const seen = await this.#watch(() => this.#stack.up(program));
    if (seen.passed) this.#deployed = program;
    return seen;
  }

  /** Deploys what has to work before a row can begin, unless it is there. */
  async deploy(program: Program): Promise<Bag> {
    if (this.#deployed === program) return this.stored();
    const { passed, text } = await this.up(program);
    expect(passed, text).toBe(true);
    return this.stored();
  }

  refresh(): Promise<Seen> {
    this.#deployed = undefined;
    return this.#watch(() => this.#stack.refresh());
  }

  destroy(): Promise<Seen> {
    this.#deployed = undefined;
    return this.#watch(() => this.#stack.destroy());
  }

  state(): Promise<Bag | undefined> {
    return this.#stack.state();
  }

  /** What is stored, where something is. */
  async stored(): Promise<Bag> {
    return (await this.state()) ?? expect.unreachable("Nothing is stored.");
  }

  overwrite(change: Bag): Promise<void> {
    this.#deployed = undefined;
    return this.#stack.overwrite(change);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack[Symbol.asyncDispose]();
    await this.sandbox.close();
  }

  async #watch(command: () => Promise<Shown>): Promise<Seen> {
    this.sandbox.clearRequests();
    const shown = await command();
    expect(shown.text).not.toContain(KEY_END);
    // The version prefix is an alias.
    const calls = this.sandbox.requests.map(({ method, path }) => `${method} ${path.replace(/^\/v1\//, "/")}`);
    return { ...shown, calls: [...new Set(calls)].toSorted() };
  }
}

export async function startConnection({ start }: Driver): Promise<ConnectionUnderTest> {
  return new ConnectionUnderTest(await startSandbox(), await start());
}
