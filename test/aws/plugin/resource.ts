import { isObject, type Properties } from "./wire.ts";

/** One type of `@pulumi/aws`, with its AWS calls. */
export interface ResourceType<Inputs> {
  /** The supported inputs. Any other fails, so that none is silently ignored. */
  readonly inputs: readonly (keyof Inputs & string)[];
  /** The input that is generated from the resource's name if it is absent, and its maximum length. */
  readonly name?: { readonly input: keyof Inputs & string; readonly longest: number };
  /** Inputs that are JSON documents and can be objects. */
  readonly documents?: readonly (keyof Inputs & string)[];
  /** Inputs whose change replaces the resource; a function if that depends on the new inputs. All inputs if there is no `update`. */
  readonly fixed?: readonly (keyof Inputs & string)[] | ((inputs: Inputs) => readonly (keyof Inputs & string)[]);
  /** The reasons why AWS would refuse the inputs. Receives only known inputs. */
  readonly limits?: (inputs: Partial<Inputs>) => readonly (string | false | undefined)[];
  /** @returns the id, and the outputs that are not inputs */
  readonly create: (inputs: Inputs) => Promise<Created>;
  /** @returns the changed outputs that are not inputs */
  readonly update?: (id: string, inputs: Inputs, olds: Properties) => Promise<Properties | undefined>;
  /** Absent if nothing has to be deleted. */
  readonly delete?: (id: string, olds: Inputs & Properties) => Promise<unknown>;
}

interface Created {
  readonly id: string;
  readonly outputs?: Properties;
}

/** A type with any inputs, for the table. */
export type AnyResourceType = ResourceType<Properties>;

export function resourceType<Inputs extends object>(definition: ResourceType<Inputs>): AnyResourceType {
  // The engine's values are checked by `inputs` and by AWS.
  return definition as unknown as AnyResourceType;
}

/** `{ retryPolicy: { maximumRetryAttempts: 0 } }` with the capitalized names of AWS. Not for maps with names set by the user. */
export function pascalCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pascalCase);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, entry]) => [upperFirst(key), pascalCase(entry)] as const);
  return Object.fromEntries(entries);
}

/** Some of the inputs with the names of AWS, without absent ones. */
export function pick<Inputs extends object>(inputs: Inputs, ...names: (keyof Inputs & string)[]): Properties {
  const given = names.filter((name) => inputs[name] !== undefined);
  return Object.fromEntries(given.map((name) => [upperFirst(name), pascalCase(inputs[name])]));
}

/** Tags in the form that most services use. */
export function tagList(tags: Readonly<Record<string, string>> | undefined): { Key: string; Value: string }[] {
  return Object.entries(tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
