import { randomBytes } from "node:crypto";
import { expect } from "vitest";
import type { Bag } from "../../provider/core/values.ts";
import type { ScenarioName } from "../../provider/sandbox/scenarios.ts";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../provider/sandbox/server.ts";
import type { Driver, Program, Shown, Stack } from "./stack.ts";

/** What a command printed, and which calls it made. */
export interface Seen extends Shown {
  /** Which calls were made, such as `GET /models`: each once, in alphabetical order. Those without a key say so. */
  readonly calls: readonly string[];
}

/** A program whose connection has an explicit key. */
export type ProgramWithKey = Program & { readonly inputs: { readonly apiKey: string } };

/** The free calls of a probe that makes the test call in any case. */
export const freeCallsBeforeTestCall = ["GET /models", "GET /user/balance"];
/** The free calls of a probe in which they may decide: one more shows whether the list proves the key. */
export const freeCalls = ["GET /models", "GET /models without a key", "GET /user/balance"];
/** A preview where they do not decide, or an update, which does what a preview does first. */
export const allCalls = [...freeCalls, "POST /chat/completions"];

/** The end of every secret in these tests. It occurs in no other output, so finding it means that one was printed. */
const KEY_END = "wxyz";

/** A stack with one connection to its own sandbox, in some shell. No command may print a key. */
export class ConnectionUnderTest implements AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly #stack: Stack;
  /** What was deployed last; absent if the stored state was changed since then. */
  #deployed: Program | undefined;

  constructor(sandbox: Sandbox, stack: Stack) {
    this.sandbox = sandbox;
    this.#stack = stack;
  }

  /** Creates a new key with a scenario. */
  key(scenario: ScenarioName): string {
    const key = `sk-${randomBytes(14).toString("hex")}${KEY_END}`;
    this.sandbox.use(key, scenario);
    return key;
  }

  /** Creates a new value for a header, with the same end. */
  secretValue(): string {
    return `team-7:${randomBytes(14).toString("base64url")}${KEY_END}`;
  }

  /** A program whose connection has a new key with the scenario, and makes no retries. */
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

  /** Deploys a program that a row needs, unless it is already deployed. It must succeed. */
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

  /** The stored state, which must exist. */
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
    // The prefix /v1 is an alias.
    const calls = this.sandbox.requests.map(({ method, path, authorization }) => {
      const key = authorization === undefined ? " without a key" : "";
      return `${method} ${path.replace(/^\/v1\//, "/")}${key}`;
    });
    return { ...shown, calls: [...new Set(calls)].toSorted() };
  }
}

export async function startConnection({ start }: Driver, options: SandboxOptions): Promise<ConnectionUnderTest> {
  return new ConnectionUnderTest(await startSandbox(options), await start());
}
