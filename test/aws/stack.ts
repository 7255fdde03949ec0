/** A resource as the stack's state has it. */
interface DeployedResource {
  readonly urn: string;
  readonly type: string;
  readonly id: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** What `pulumi stack export` says is deployed. */
export interface Deployed {
  /** Those of a type. */
  some(type: string): readonly DeployedResource[];
  /** The only one of a type. @throws if there is none or there are several */
  the(type: string): DeployedResource;
}

export function deployedResources(exported: string): Deployed {
  const { resources } = JSON.parse(exported).deployment as { resources: DeployedResource[] };
  const some = (type: string) => resources.filter((resource) => resource.type === type);
  return {
    some,
    the(type) {
      const [resource, ...others] = some(type);
      if (resource === undefined || others.length > 0) {
        throw new Error(`There are ${others.length + (resource ? 1 : 0)} resources of type ${type}, not one.`);
      }
      return resource;
    },
  };
}

/** What a run does to a resource, or a preview says it would do. */
interface Step {
  /** `create`, `update`, `replace`, `delete`, `same`, … */
  readonly op: string;
  readonly urn: string;
}

/**
 * What has been done, without what stays as it is: by the kind of step, each resource by its type's last word and its name.
 *
 * @param printed what `preview --json` or `up --json` has printed. The latter prints its preview, if it makes one, and then
 * the engine's events, one a line.
 */
export function changesOf(printed: string): Readonly<Record<string, readonly string[]>> {
  const events = printed.split("\n").filter((line) => line.startsWith('{"sequence":'));
  const steps: readonly Step[] =
    events.length === 0
      ? JSON.parse(printed).steps
      : events.flatMap((line) => JSON.parse(line).resourcePreEvent?.metadata ?? []);
  const changes: Record<string, string[]> = {};
  for (const { op, urn } of steps) {
    // The halves of a replacement, which has a step of its own.
    if (["same", "create-replacement", "delete-replaced"].includes(op)) continue;
    const [type = "", name = ""] = urn.split("::").slice(2);
    changes[op] = [...(changes[op] ?? []), `${type.split(":").at(-1)} ${name}`].sort();
  }
  return changes;
}
