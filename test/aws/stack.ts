/** The operation on a resource that a run did or a preview planned. */
interface Step {
  /** `create`, `update`, `replace`, `delete`, `same`, … */
  readonly op: string;
  readonly urn: string;
}

/**
 * Returns the changed resources by operation, each as the last part of its type and its name.
 *
 * @param printed the output of `preview --json` or `up --json`. The latter prints its preview, if there is one, and then
 * the engine's events, one on each line.
 */
export function changesOf(printed: string): Readonly<Record<string, readonly string[]>> {
  const events = printed.split("\n").filter((line) => line.startsWith('{"sequence":'));
  const steps: readonly Step[] =
    events.length === 0
      ? JSON.parse(printed).steps
      : events.flatMap((line) => JSON.parse(line).resourcePreEvent?.metadata ?? []);
  const changes: Record<string, string[]> = {};
  for (const { op, urn } of steps) {
    // Parts of a replacement, which also has its own step.
    if (["same", "create-replacement", "delete-replaced"].includes(op)) continue;
    const [type = "", name = ""] = urn.split("::").slice(2);
    changes[op] = [...(changes[op] ?? []), `${type.split(":").at(-1)} ${name}`].sort();
  }
  return changes;
}
