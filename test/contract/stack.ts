import type { Bag } from "../../provider/core/values.ts";

/** A program with one connection, `main`, and what surrounds it. */
export interface Program {
  readonly inputs: Bag;
  /** The inputs that a preview does not know yet: another resource of the same run makes them. */
  readonly unknown?: readonly string[];
  /** The value of `DEEPSEEK_API_KEY`. */
  readonly ambientKey?: string | undefined;
  /** The stack's configuration `deepseek:verify`. */
  readonly configuredVerify?: string | undefined;
}

/** What a command showed. */
export interface Shown {
  readonly passed: boolean;
  /** Whether the connection was, or would be, created or updated; for a refresh, whether it found a difference. */
  readonly hasChanges: boolean;
  /** Each message and problem by its level and code, such as `warning key-rejected`: once, in alphabetical order. */
  readonly says: readonly string[];
  /** Everything that was printed. */
  readonly text: string;
}

/** A stack in some shell around the lifecycle: what the contract needs to see each row. */
export interface Stack extends AsyncDisposable {
  preview(program: Program): Promise<Shown>;
  /** Without a preview before it. */
  up(program: Program): Promise<Shown>;
  refresh(): Promise<Shown>;
  destroy(): Promise<Shown>;
  /** What is stored of the connection, secrets in clear; nothing if there is none. */
  state(): Promise<Bag | undefined>;
  /** Changes what is stored, as another version of the package would have stored it. Nothing in it may be a secret. */
  overwrite(change: Bag): Promise<void>;
}

/** A shell that the contract can run against. */
export interface Driver {
  /** Makes an empty stack. */
  readonly start: () => Promise<Stack>;
  /** Whether stacks can be used side by side. */
  readonly isConcurrent: boolean;
}

/** What a printed text says, by the codes at the end of its messages. */
export function codesIn(text: string, levelOf: (line: string) => "info" | "warning" | "error"): readonly string[] {
  const said = text.split("\n").flatMap((line) => {
    const [, code] = / \[([a-z][a-z0-9-]*)\]$/.exec(line.trimEnd()) ?? [];
    return code === undefined ? [] : [`${levelOf(line)} ${code}`];
  });
  return [...new Set(said)].toSorted();
}
