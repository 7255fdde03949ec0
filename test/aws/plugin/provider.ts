import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { CheckFailure, CreateResult, DiffResult, Provider } from "@pulumi/pulumi/provider/provider.js";
import type { AnyResourceType } from "./resource.ts";
import { asSecret, decode, holdsSecret, holdsUnknown, isObject, type Properties } from "./wire.ts";

export type Types = Readonly<Record<string, AnyResourceType>>;
export type Functions = Readonly<Record<string, (args: Properties) => Promise<Properties>>>;

/** A provider that knows these types and functions, and none else. */
export function makeProvider(version: string, types: Types, functions: Functions): Provider {
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
      let named = news;
      const failures: CheckFailure[] = [];
      if (input !== undefined && news[input] === undefined) {
        const name = String(olds[input] ?? autoName(urn));
        if (name.length > (longest ?? 0)) failures.push(failure(`the name '${name}' is longer than ${longest}`));
        named = { ...news, [input]: name };
      }
      return { inputs: named, failures: [...failures, ...judge(type, read(type, named)).map(failure)] };
    },
    async diff(_id, urn, olds: Properties, news: Properties): Promise<DiffResult> {
      const type = typeOf(urn);
      const [before, after] = [read(type, olds), read(type, news)];
      const changed = type.inputs.filter((name) => !isDeepStrictEqual(before[name], after[name]));
      const fixed = type.update === undefined ? type.inputs : (type.fixed ?? []);
      const replaces = changed.filter((name) => fixed.includes(name));
      // As the real provider: what has a name of the user's own cannot exist twice.
      const deleteBeforeReplace = type.name !== undefined && !/-[0-9a-f]{7}$/.test(String(before[type.name.input]));
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
      const outputs = await type.update?.(id, inputs, before);
      // What was given before and is not any more is gone; what AWS had added stays.
      const kept = Object.entries(before).filter(([name]) => !type.inputs.includes(name));
      return { outs: stored(news, { ...Object.fromEntries(kept), ...inputs, ...outputs }) };
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

/** The properties without wrappings, with documents as text. */
function read(type: AnyResourceType, properties: Properties): Properties {
  const entries = Object.entries(decode(properties) as Properties).map(([name, value]) => {
    return [name, type.documents?.includes(name) && isObject(value) ? JSON.stringify(value) : value] as const;
  });
  return Object.fromEntries(entries);
}

/** Why AWS would refuse the inputs, as far as they are known. */
export function judge(type: AnyResourceType, inputs: Properties): string[] {
  const strange = Object.keys(inputs).filter((name) => name !== "__defaults" && !type.inputs.includes(name));
  const known = Object.entries(inputs).filter(([, value]) => !holdsUnknown(value));
  const reasons = type.limits?.(Object.fromEntries(known)) ?? [];
  return [
    ...strange.map((name) => `the test's AWS plugin does not translate the input '${name}': add it to test/aws`),
    ...reasons.filter((reason): reason is string => typeof reason === "string"),
  ];
}

/** What came as a secret is stored as one. */
function stored(news: Properties, outputs: Properties): Properties {
  const entries = Object.entries(outputs).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [name, holdsSecret(news[name]) ? asSecret(value) : value]));
}

/** As the real provider names what is given no name. */
function autoName(urn: string): string {
  return `${urn.split("::").at(-1)}-${randomBytes(4).toString("hex").slice(0, 7)}`;
}

function failure(reason: string): CheckFailure {
  return { property: "", reason };
}
