import type { Bag } from "../../provider/core/values.ts";
import { codesIn, type Program, type Shown, type Stack } from "./stack.ts";

type Level = "info" | "warning" | "error";

/** The functions of a shell that an engine calls. `create` and `update` throw if they fail. */
export interface ProviderFunctions {
  check(olds: Bag, news: Bag): Promise<{ readonly inputs: Bag; readonly problems: readonly string[] }>;
  diff(olds: Bag, news: Bag): Promise<boolean>;
  create(inputs: Bag): Promise<Bag>;
  update(olds: Bag, news: Bag): Promise<Bag>;
  read(stored: Bag): Promise<Bag>;
  /** The create or update of a preview, of a shell that has it. */
  foresee?(stored: Bag | undefined, inputs: Bag): Promise<unknown>;
}

/** What a command of the engine passes to a shell. */
export interface Command {
  /** The program; absent for a refresh, which runs none. */
  readonly program?: Program;
  /** Prints a message from the shell. */
  readonly report: (level: Level, text: string) => void;
}

/**
 * The engine's order of calls, in this process: a preview checks, compares, and lets the shell foresee what it would store if
 * there is a difference; an update does the same and then creates or
 * updates if there is a difference; a refresh reads and compares. What is stored is kept only on success. Everything
 * passes through JSON, as on the engine's wire.
 */
export class EmulatedEngine implements Stack {
  readonly #open: (command: Command) => Promise<ProviderFunctions & { readonly news: Bag }>;
  #deployed: { readonly inputs: Bag; readonly state: Bag } | undefined;

  /** @param open returns the shell's functions for one command, and the inputs that the program passes to `check` */
  constructor(open: (command: Command) => Promise<ProviderFunctions & { readonly news: Bag }>) {
    this.#open = open;
  }

  preview(program: Program): Promise<Shown> {
    return this.#plan(program);
  }

  up(program: Program): Promise<Shown> {
    return this.#plan({ ...program, unknown: [] }, async ({ create, update }, inputs) => {
      const state = await (this.#deployed === undefined ? create(inputs) : update(this.#deployed.state, inputs));
      this.#deployed = { inputs, state: overTheWire(state) };
    });
  }

  async refresh(): Promise<Shown> {
    return this.#command({}, async ({ read, diff }) => {
      if (this.#deployed === undefined) return { passed: true, hasChanges: false };
      const { inputs } = this.#deployed;
      const state = overTheWire(await read(this.#deployed.state));
      this.#deployed = { inputs, state };
      return { passed: true, hasChanges: await diff(state, inputs) };
    });
  }

  async destroy(): Promise<Shown> {
    const hasChanges = this.#deployed !== undefined;
    // Shells have no function for deletion.
    this.#deployed = undefined;
    return { passed: true, hasChanges, says: [], text: "" };
  }

  async state(): Promise<Bag | undefined> {
    return this.#deployed?.state;
  }

  async overwrite(change: Bag): Promise<void> {
    if (this.#deployed === undefined) throw new Error("Nothing is stored that could be changed.");
    this.#deployed = { ...this.#deployed, state: { ...this.#deployed.state, ...change } };
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  #plan(program: Program, deploy?: (functions: ProviderFunctions, inputs: Bag) => Promise<void>): Promise<Shown> {
    return this.#command({ program }, async (functions, news, report) => {
      const { inputs, problems } = await functions.check(this.#deployed?.inputs ?? {}, news);
      for (const problem of problems) report("error", problem);
      if (problems.length > 0) return { passed: false, hasChanges: false };
      const hasChanges = this.#deployed === undefined || (await functions.diff(this.#deployed.state, inputs));
      try {
        if (hasChanges && deploy === undefined) await functions.foresee?.(this.#deployed?.state, inputs);
        if (hasChanges) await deploy?.(functions, inputs);
        return { passed: true, hasChanges };
      } catch (error) {
        report("error", error instanceof Error ? error.message : String(error));
        return { passed: false, hasChanges };
      }
    });
  }

  async #command(
    { program }: { readonly program?: Program },
    run: (
      functions: ProviderFunctions,
      news: Bag,
      report: Command["report"],
    ) => Promise<Pick<Shown, "passed" | "hasChanges">>,
  ): Promise<Shown> {
    const lines: string[] = [];
    const report: Command["report"] = (level, text) => {
      lines.push(...text.split("\n").map((line) => `${level}: ${line}`));
    };
    const functions = await this.#open({ ...(program !== undefined && { program }), report });
    const shown = await run(functions, functions.news, report);
    const text = lines.join("\n");
    return { ...shown, text, says: codesIn(text, (line) => line.split(":", 1)[0] as Level) };
  }
}

/** @throws Error if a value is `undefined`, which no engine accepts */
function overTheWire(state: Bag): Bag {
  const text = JSON.stringify(state, (name, value: unknown) => {
    if (value === undefined) throw new Error(`'${name}' is undefined, which cannot be stored.`);
    return value;
  });
  return JSON.parse(text) as Bag;
}
