import { randomBytes } from "node:crypto";
import { expect } from "vitest";
import type { Bag } from "../../provider/core/values.ts";
import { DEFAULT_BASE_URL } from "../../provider/deepseek/endpoint.ts";
import type { ScenarioName } from "../../provider/sandbox/scenarios.ts";
import type { Sandbox, SandboxOptions } from "../../provider/sandbox/server.ts";
import type { Service } from "./service.ts";
import type { Driver, Program, Shown, Stack } from "./stack.ts";

/** What a command printed, and which calls it made. */
export interface Seen extends Shown {
  /** Which calls were made, such as `GET /models`: each once, in alphabetical order. Those without a key say so. */
  readonly calls: readonly string[];
}

/** A program whose connection has an explicit key. */
export type ProgramWithKey = Program & { readonly inputs: { readonly apiKey: string } };

export const freeCalls = ["GET /models", "GET /user/balance"];
/** A preview where they do not decide, or an update, which does what a preview does first. */
export const allCalls = [...freeCalls, "POST /chat/completions"];

/**
 * The end of every secret in these tests: one that no hex digits of other outputs have; at DeepSeek's own host, whose keys have
 * hex digits only, one that they hardly have.
 */
const keyEnds = { other: "wxyz", deepSeek: "0".repeat(12) };

/** The end of a key, in full or as DeepSeek's error messages quote it. */
export const endOfKey = /wxyz|0{12}|\*0000/;

/** A stack with one connection to its own service, in some shell. No command may print a key. */
export class ConnectionUnderTest implements AsyncDisposable {
  readonly #service: Service;
  readonly #stack: Stack;
  /** What was deployed last; absent if the stored state was changed since then. */
  #deployed: Program | undefined;

  constructor(service: Service, stack: Stack) {
    this.#service = service;
    this.#stack = stack;
  }

  /** Decides what the service answers. */
  get sandbox(): Sandbox {
    return this.#service.sandbox;
  }

  /** Where the connection finds the service. */
  get baseUrl(): string {
    return this.#service.baseUrl;
  }

  /** The requests that the connection has made with its key since the last command began: method and path. */
  get requests(): readonly string[] {
    const withKey = this.#service.requests.filter(({ headers }) => headers.authorization !== undefined);
    // The prefix /v1 is an alias.
    return withKey.map(({ method, path }) => `${method} ${path.replace(/^\/v1\//, "/")}`);
  }

  /** The paths of the requests that it has made without its key since then. */
  get requestsWithoutKey(): readonly string[] {
    const withoutKey = this.#service.requests.filter(({ headers }) => headers.authorization === undefined);
    return withoutKey.map(({ path }) => path);
  }

  /** Creates a new key with a scenario. */
  key(scenario: ScenarioName): string {
    const end = this.#isDeepSeek ? keyEnds.deepSeek : keyEnds.other;
    const key = `sk-${randomBytes((32 - end.length) / 2).toString("hex")}${end}`;
    this.sandbox.use(key, scenario);
    return key;
  }

  /** The values of a header in these requests, by its lower-case name. */
  received(name: string): ReadonlySet<unknown> {
    return new Set(this.#service.requests.map(({ headers }) => headers[name]));
  }

  /** Creates a new value for a header, with such an end. */
  secretValue(): string {
    return `team-7:${randomBytes(14).toString("base64url")}${keyEnds.other}`;
  }

  /** A program whose connection has a new key with the scenario, and makes no retries. */
  program(scenario: ScenarioName, more: Bag = {}): ProgramWithKey {
    const inputs = { apiKey: this.key(scenario), displayName: "main", maxAttempts: 1 };
    const baseUrl = this.#isDeepSeek ? {} : { baseUrl: this.baseUrl };
    return { inputs: { ...inputs, ...baseUrl, ...more } };
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
    await this.#service[Symbol.asyncDispose]();
  }

  get #isDeepSeek(): boolean {
    return this.baseUrl === DEFAULT_BASE_URL;
  }

  async #watch(command: () => Promise<Shown>): Promise<Seen> {
    this.#service.clearRequests();
    const shown = await command();
    expect(shown.text).not.toMatch(endOfKey);
    return { ...shown, calls: [...new Set(this.requests)].toSorted() };
  }
}

export async function startConnection<S extends Service>(
  { serve, start }: Driver<S>,
  options: SandboxOptions,
): Promise<ConnectionUnderTest> {
  const service = await serve(options);
  return new ConnectionUnderTest(service, await start(service));
}
