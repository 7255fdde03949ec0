import { expect, it } from "vitest";

declare module "vitest" {
  interface TaskMeta {
    /** The allowed outcomes, and the actual one unless the test failed before it. */
    crash?: { readonly allowed: readonly string[]; got?: string };
  }
}

/**
 * A test whose result is a row of the printed table.
 *
 * @param name the fault
 * @param expected a short description of the outcome; several if it depends on chance, such as the progress of a write
 * @param run returns the actual outcome, in the same words
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
