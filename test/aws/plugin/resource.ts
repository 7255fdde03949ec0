import { isObject, type Properties } from "./wire.ts";

/** One type of `@pulumi/aws`: how its inputs become calls of AWS. */
export interface ResourceType<Inputs> {
  /** The inputs that are translated. Any other fails, so that none is lost without notice. */
  readonly inputs: readonly (keyof Inputs & string)[];
  /** The input that is made from the resource's name if it is absent, and how long it may be. */
  readonly name?: { readonly input: keyof Inputs & string; readonly longest: number };
  /** Inputs that are JSON documents, and may be given as objects. */
  readonly documents?: readonly (keyof Inputs & string)[];
  /** Inputs that cannot be changed in place, by the new ones where it depends. All of them, if there is no `update`. */
  readonly fixed?: readonly (keyof Inputs & string)[] | ((inputs: Inputs) => readonly (keyof Inputs & string)[]);
  /** What AWS would refuse, each with the reason. Gets only inputs that are known. */
  readonly limits?: (inputs: Partial<Inputs>) => readonly (string | false | undefined)[];
  /** @returns the id, and outputs other than the inputs */
  readonly create: (inputs: Inputs) => Promise<Created>;
  /** @returns the outputs that have changed, other than the inputs */
  readonly update?: (id: string, inputs: Inputs, olds: Properties) => Promise<Properties | undefined>;
  /** Absent: nothing has to be undone. */
  readonly delete?: (id: string, olds: Inputs & Properties) => Promise<unknown>;
}

interface Created {
  readonly id: string;
  readonly outputs?: Properties;
}

/** A type as the table has it, whatever its inputs. */
export type AnyResourceType = ResourceType<Properties>;

export function resourceType<Inputs extends object>(definition: ResourceType<Inputs>): AnyResourceType {
  // The engine's values are checked by `inputs` and by AWS itself.
  return definition as unknown as AnyResourceType;
}

/** `{ retryPolicy: { maximumRetryAttempts: 0 } }` as AWS writes it. Not for maps with names of the user's own. */
export function pascalCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pascalCase);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, entry]) => [upperFirst(key), pascalCase(entry)] as const);
  return Object.fromEntries(entries);
}

/** Some of the inputs, as AWS writes them; what is absent stays absent. */
export function pick<Inputs extends object>(inputs: Inputs, ...names: (keyof Inputs & string)[]): Properties {
  const given = names.filter((name) => inputs[name] !== undefined);
  return Object.fromEntries(given.map((name) => [upperFirst(name), pascalCase(inputs[name])]));
}

/** Tags as most services take them. */
export function tagList(tags: Readonly<Record<string, string>> | undefined): { Key: string; Value: string }[] {
  return Object.entries(tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
