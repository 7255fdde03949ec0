import type { Bag } from "../../provider/core/values.ts";
import type { SandboxOptions } from "../../provider/sandbox/server.ts";
import type { Service } from "./service.ts";

/** A program with one connection, `main`, and its environment. */
export interface Program {
  readonly inputs: Bag;
  /** The inputs that are unknown at preview, because another resource of the same run creates them. */
  readonly unknown?: readonly string[];
  /** The value of `DEEPSEEK_API_KEY`. */
  readonly ambientKey?: string | undefined;
  /** The stack's configuration `deepseek:verify`. */
  readonly configuredVerify?: string | undefined;
}

/** What a command printed. */
export interface Shown {
  readonly passed: boolean;
  /** Whether the connection was, or would be, created or updated; for a refresh, whether it found a difference. */
  readonly hasChanges: boolean;
  /** Messages and problems by level and code, such as `warning key-rejected`: sorted, without duplicates. */
  readonly says: readonly string[];
  /** Everything that was printed. */
  readonly text: string;
}

/** A stack in some shell: the operations that the contract needs. */
export interface Stack extends AsyncDisposable {
  preview(program: Program): Promise<Shown>;
  /** Runs without a preview. */
  up(program: Program): Promise<Shown>;
  refresh(): Promise<Shown>;
  destroy(): Promise<Shown>;
  /** The connection's stored state with secrets in clear text; nothing if there is no connection. */
  state(): Promise<Bag | undefined>;
  /** Changes the stored state as if another version of the package had written it. Not for secrets. */
  overwrite(change: Bag): Promise<void>;
}

/** A shell that the contract can run against, and the service behind it. */
export interface Driver<S extends Service = Service> {
  /** Starts a service for one connection. */
  readonly serve: (options: SandboxOptions) => Promise<S>;
  /** Creates an empty stack, whose connection is to the service. */
  readonly start: (service: S) => Promise<Stack>;
  /** Whether stacks can be used in parallel. */
  readonly isConcurrent: boolean;
  /** Whether an update probes before it verifies, as a preview does, and reports the same first. @default true */
  readonly probesBeforeUpdate?: boolean;
  /** Rows that this service makes meaningless, by their group's title and their own. */
  readonly omits?: RegExp;
}

/** Returns the codes of the messages in a printed text. */
export function codesIn(text: string, levelOf: (line: string) => "info" | "warning" | "error"): readonly string[] {
  const said = text.split("\n").flatMap((line) => {
    const [, code] = / \[([a-z][a-z0-9-]*)\]$/.exec(line.trimEnd()) ?? [];
    return code === undefined ? [] : [`${levelOf(line)} ${code}`];
  });
  return [...new Set(said)].toSorted();
}
