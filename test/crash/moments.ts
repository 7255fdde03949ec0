import { watch } from "node:fs";
import { join } from "node:path";
import type { Workspace } from "../../examples/demo/engine/workspace.ts";
import type { SandboxOptions } from "../../provider/sandbox/server.ts";

/** The calls of a probe. */
export type Call = "GET /models" | "GET /user/balance" | "POST /chat/completions";

/** A point in a deployment. */
export interface Moment {
  readonly reached: Promise<void>;
  /** Continues a deployment that waits at this point, if it still exists. */
  release(): void;
}

type Side = "request" | "answer";

/**
 * Observes the progress of a deployment by its requests. Supports one deployment and one moment at a time. Requests are
 * counted from the call that returns the moment.
 */
export class Moments {
  readonly #seen = new Map<string, number>();
  #awaited: { readonly id: string; reached(): void; readonly held: Promise<void> } | undefined;

  /** Hooks for the sandbox. */
  readonly hooks = {
    // The request without the key, beside the list of models, is not a moment of its own.
    onRequest: ({ method, path, authorization }) =>
      authorization === undefined ? undefined : this.#see("request", `${method} ${path}`),
    onExchange: ({ method, path }) => void this.#see("answer", `${method} ${path}`),
  } satisfies SandboxOptions;

  /** The nth request of this call has arrived. It is not answered before the release. */
  asked(call: Call, nth: number): Moment {
    return this.#await("request", call, nth);
  }

  /** The test call was answered. */
  answered(): Moment {
    return this.#await("answer", "POST /chat/completions", 1);
  }

  /** After the test call, the engine has changed a file with this name in the folder of the state. */
  stateTouched(stack: Workspace, name: RegExp): Moment {
    const { reached: answered, release } = this.answered();
    const touched = Promise.withResolvers<void>();
    let isAnswered = false;
    void answered.then(() => {
      isAnswered = true;
    });
    const folder = join(stack.root, "backend", ".pulumi", "stacks", "test");
    const watcher = watch(folder, (_, file) => {
      if (isAnswered && name.test(file ?? "")) touched.resolve();
    });
    return {
      reached: touched.promise,
      release() {
        watcher.close();
        release();
      },
    };
  }

  #await(side: Side, call: Call, nth: number): Moment {
    const reached = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    this.#seen.clear();
    this.#awaited = { id: `${side} ${nth} ${call}`, reached: reached.resolve, held: held.promise };
    return { reached: reached.promise, release: held.resolve };
  }

  #see(side: Side, call: string): Promise<void> | undefined {
    const nth = (this.#seen.get(side + call) ?? 0) + 1;
    this.#seen.set(side + call, nth);
    if (this.#awaited?.id !== `${side} ${nth} ${call}`) return undefined;
    this.#awaited.reached();
    return this.#awaited.held;
  }
}
