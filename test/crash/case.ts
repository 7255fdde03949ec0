import { expect, it } from "vitest";

declare module "vitest" {
  interface TaskMeta {
    /** A row of the table: what may come of it, and what did, unless the test broke off. */
    crash?: { readonly allowed: readonly string[]; got?: string };
  }
}

/**
 * A test that is a row of the table.
 *
 * @param name a sentence: what goes wrong
 * @param expected in few words what comes of it; several if chance decides, such as how far a write has come
 * @param run returns what came of it, in the same words
 */
export function crashCase(
  name: string,
  expected: string | readonly string[],
  run: (signal: AbortSignal) => Promise<string>,
): void {
  const allowed = [expected].flat();
  it(name, async ({ task, signal }) => {
    task.meta.crash = { allowed };
    const got = await run(signal);
    task.meta.crash = { allowed, got };
    expect(allowed).toContain(got);
  });
}
