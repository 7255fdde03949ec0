import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { CheckFailure, CreateResult, DiffResult, Provider } from "@pulumi/pulumi/provider/provider.js";
import type { AnyResourceType } from "./resource.ts";
import { asSecret, decode, holdsSecret, holdsUnknown, isObject, type Properties } from "./wire.ts";

export type Types = Readonly<Record<string, AnyResourceType>>;
export type Functions = Readonly<Record<string, (args: Properties) => Promise<Properties>>>;

/**
 * A provider of these types and functions only.
 *
 * @param seedOf returns the engine's `randomSeed` of the running check for a URN. It is the same when a saved plan is
 * deployed, and different in each run without a plan.
 */
export function makeProvider(
  version: string,
  types: Types,
  functions: Functions,
  seedOf: (urn: string) => string | undefined,
): Provider {
  const typeOf = (urn: string): AnyResourceType => {
    const token = urn.split("::")[2]?.split("$").at(-1) ?? "";
    const type = types[token];
    if (type === undefined)
      throw new Error(`The test's AWS plugin does not know the type ${token}: add it to test/aws.`);
    return type;
  };
  return {
    version,
    async check(urn, olds: Properties, news: Properties) {
      const type = typeOf(urn);
      const { input, longest } = type.name ?? {};
      let named: Properties = { ...news, __defaults: [] };
      const failures: CheckFailure[] = [];
      if (input !== undefined && news[input] === undefined) {
        const name = String(olds[input] ?? autoName(urn, seedOf(urn)));
        if (name.length > (longest ?? 0)) failures.push(failure(`the name '${name}' is longer than ${longest}`));
        named = { ...news, [input]: name, __defaults: [input] };
      }
      return { inputs: named, failures: [...failures, ...judge(type, read(type, named)).map(failure)] };
    },
    async diff(_id, urn, olds: Properties, news: Properties): Promise<DiffResult> {
      const type = typeOf(urn);
      const [before, after] = [read(type, olds), read(type, news)];
      const changed = type.inputs.filter((name) => !isDeepStrictEqual(before[name], after[name]));
      const fixed = type.update === undefined ? type.inputs : fixedOf(type, after);
      const replaces = changed.filter((name) => fixed.includes(name));
      // As in the real provider: a resource with a name set by the user cannot exist twice. Source: pulumi-terraform-bridge,
      // `nameRequiresDeleteBeforeReplace`, which recognizes a generated name by the list `__defaults`.
      const name = type.name?.input;
      const isGenerated = name !== undefined && [news["__defaults"]].flat().includes(name);
      const deleteBeforeReplace = name !== undefined && !isGenerated && before[name] === after[name];
      return { changes: changed.length > 0, replaces: [...replaces], deleteBeforeReplace };
    },
    async create(urn, news: Properties): Promise<CreateResult> {
      const type = typeOf(urn);
      const inputs = read(type, news);
      const { id, outputs } = await type.create(inputs);
      return { id, outs: stored(news, { ...inputs, ...outputs }) };
    },
    async update(id, urn, olds: Properties, news: Properties) {
      const type = typeOf(urn);
      const [before, inputs] = [read(type, olds), read(type, news)];
      // Removes inputs that are no longer set, and keeps what AWS added.
      const kept = Object.entries(before).filter(([name]) => !type.inputs.includes(name));
      const outs = (outputs?: Properties) => stored(news, { ...Object.fromEntries(kept), ...inputs, ...outputs });
      try {
        return { outs: outs(await type.update?.(id, inputs, before)) };
      } catch (error) {
        throw halfDone(id, outs(), error);
      }
    },
    async delete(id, urn, olds: Properties) {
      const type = typeOf(urn);
      await type.delete?.(id, read(type, olds)).catch((error: unknown) => {
        const gone = error instanceof Error && /NotFound|NoSuchEntity|NonExistent/.test(error.name);
        if (!gone) throw error;
      });
    },
    async invoke(token, args: Properties) {
      const answer = functions[token];
      if (answer === undefined) throw new Error(`The test's AWS plugin does not know the function ${token}.`);
      return { outputs: await answer(decode(args) as Properties) };
    },
  };
}

/**
 * An update that failed, as the real provider reports it: the new inputs are stored, and the engine tries the update again
 * in the next run, changed or not. Source: pulumi-terraform-bridge, `initializationError`.
 */
function halfDone(id: string, properties: Properties, error: unknown): Error {
  const { message } = error instanceof Error ? error : new Error(String(error));
  return Object.assign(new Error(message), { id, properties, reasons: [message] });
}

/** The properties without wrappers and internal entries, with documents as text. */
function read(type: AnyResourceType, properties: Properties): Properties {
  const { __defaults: _, ...own } = decode(properties) as Properties;
  const entries = Object.entries(own).map(([name, value]) => {
    return [name, type.documents?.includes(name) && isObject(value) ? JSON.stringify(value) : value] as const;
  });
  return Object.fromEntries(entries);
}

function fixedOf({ fixed = [] }: AnyResourceType, inputs: Properties): readonly string[] {
  return typeof fixed === "function" ? fixed(inputs) : fixed;
}

/** The reasons why AWS would refuse the known inputs. */
export function judge(type: AnyResourceType, inputs: Properties): string[] {
  const strange = Object.keys(inputs).filter((name) => !type.inputs.includes(name));
  const known = Object.entries(inputs).filter(([, value]) => !holdsUnknown(value));
  const reasons = type.limits?.(Object.fromEntries(known)) ?? [];
  return [
    ...strange.map((name) => `the test's AWS plugin does not translate the input '${name}': add it to test/aws`),
    ...reasons.filter((reason): reason is string => typeof reason === "string"),
  ];
}

/** Stores as a secret what was passed as a secret. */
function stored(news: Properties, outputs: Properties): Properties {
  const entries = Object.entries(outputs).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [name, holdsSecret(news[name]) ? asSecret(value) : value]));
}

/**
 * Generates a name as the real provider does: with seven hexadecimal digits from the engine's seed, which a plan keeps.
 * Source: pulumi/pulumi, `NewUniqueName` in sdk/go/common/resource.
 */
function autoName(urn: string, seed: string | undefined): string {
  if (seed === undefined) throw new Error(`The engine gave no random seed for ${urn}.`);
  const digits = createHash("sha256").update(seed).update(urn).digest("hex").slice(0, 7);
  return `${urn.split("::").at(-1)}-${digits}`;
}

function failure(reason: string): CheckFailure {
  return { property: "", reason };
}
