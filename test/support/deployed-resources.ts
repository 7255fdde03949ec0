/** A resource in the stack's state. */
interface DeployedResource {
  readonly urn: string;
  readonly type: string;
  readonly id: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** The deployed resources in the output of `pulumi stack export`. */
export interface Deployed {
  /** The resources of a type. */
  some(type: string): readonly DeployedResource[];
  /** The only resource of a type. @throws if there is none, or more than one */
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
