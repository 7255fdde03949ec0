import * as pulumi from "@pulumi/pulumi";
import { DeepSeekMonitor, type DeepSeekMonitorArgs } from "../../../../monitor/index.ts";
import type { StoredConnection } from "../../../../monitor/lambda/shard-secret.ts";
import { exampleKey } from "../../../support/keys.ts";

/** A resource as the program registered it. */
interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** The URN and id of its explicit provider, if any. */
  readonly provider: string | undefined;
}

export interface Deployment<Made = DeepSeekMonitor> {
  /** What the program returned. */
  readonly monitor: Made;
  readonly resources: readonly Registered[];
  /** The arguments of each invocation of the function that is no resource. */
  readonly invoked: readonly object[];
  /** The resources of a type, such as `sns/topic:Topic`. */
  readonly of: (type: string) => readonly Registered[];
  /** The only resource of a type. */
  readonly one: (type: string) => Registered;
}

export const account = "111122223333";
export const region = "eu-central-1";

/** The minimal arguments of a monitor: one connection with a key. */
export const least: DeepSeekMonitorArgs = { connections: { prod: { apiKey: exampleKey } } };

/** Plans a monitor against Pulumi's mocks, and waits until everything is registered. */
export function deploy(args: DeepSeekMonitorArgs = least, opts?: pulumi.ComponentResourceOptions): Promise<Deployment> {
  return run(() => new DeepSeekMonitor("health", args, opts));
}

/** Where the resources are. */
interface Place {
  readonly region: string;
  readonly partition: string;
  readonly dnsSuffix: string;
}

const usual: Place = { region, partition: "aws", dnsSuffix: "amazonaws.com" };

/**
 * Does the same for a whole program.
 *
 * @param isPreview whether it is a preview, in which values can be unknown
 * @param answer what the function answers to an invocation that is no resource
 */
export async function run<Made>(
  program: () => Made | Promise<Made>,
  isPreview = false,
  place = usual,
  answer: () => string = () => "{}",
): Promise<Deployment<Made>> {
  const resources: Registered[] = [];
  const invoked: object[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name: logicalName, inputs, custom, provider }) => {
        resources.push({ type: type.replace(/^aws:/, ""), name: logicalName, inputs, provider });
        const known = custom ? stateOf(type, logicalName, inputs) : {};
        return { id: `${logicalName}-id`, state: { ...inputs, ...known } };
      },
      call: ({ token, inputs }) => {
        if (token.endsWith("getInvocation")) {
          invoked.push(inputs);
          return { ...inputs, result: answer() };
        }
        if (token.endsWith("getRegion")) return { region: place.region };
        if (token.endsWith("getPartition")) return place;
        return { accountId: account };
      },
    },
    "project",
    "stack",
    isPreview,
  );
  const monitor = await program();
  await settled(resources);
  const of = (type: string) => resources.filter((resource) => resource.type === type);
  const one = (type: string) => {
    const [first, ...more] = of(type);
    if (first === undefined || more.length > 0) throw new Error(`There are ${of(type).length} of ${type}.`);
    return first;
  };
  return { monitor, resources, invoked, of, one };
}

/** Returns what AWS adds: names with a random suffix, and ARNs. */
function stateOf(type: string, name: string, inputs: Readonly<Record<string, unknown>>) {
  const physical = typeof inputs["name"] === "string" ? inputs["name"] : `${name}-1a2b3c4`;
  const service = type.split(":")[1]?.split("/")[0];
  const suffix = service === "secretsmanager" ? "-AbCdEf" : "";
  if (type.endsWith(":DeepSeekConnection")) return { openai: openaiOf(inputs) };
  return { name: physical, arn: `arn:aws:${service}:${region}:${account}:${physical}${suffix}` };
}

/** A secret output of a connection, as the engine returns it. */
function openaiOf({ apiKey }: Readonly<Record<string, unknown>>) {
  const key = (apiKey as { readonly value?: unknown } | undefined)?.value ?? apiKey;
  return { ...isSecret, value: { apiKey: key, baseURL: "https://api.deepseek.com", model: "deepseek-flash" } };
}

/** How a secret is passed to the engine. Source: `specialSecretSig` in @pulumi/pulumi's runtime/rpc. */
export const isSecret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

/** The connections in the secrets of all shards, in order. */
export function storedConnections({ of }: Pick<Deployment, "of">): readonly StoredConnection[] {
  return of("secretsmanager/secretVersion:SecretVersion").flatMap(({ inputs }) => {
    const { value } = inputs["secretString"] as { readonly value: string };
    return (JSON.parse(value) as { readonly connections: readonly StoredConnection[] }).connections;
  });
}

/** The value of an output. */
export function known<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}

/** Part of Pulumi's runtime that is missing in its type declarations. */
const { waitForRPCs } = pulumi.runtime as unknown as { readonly waitForRPCs: () => Promise<void> };

/** Waits until no more resources are registered. The mocks answer in this process, so some turns of its event loop suffice. */
async function settled(resources: readonly unknown[]): Promise<void> {
  for (let quietTurns = 0, seen = -1; quietTurns < 20; quietTurns++) {
    if (resources.length !== seen) quietTurns = 0;
    seen = resources.length;
    await waitForRPCs();
    await new Promise(setImmediate);
  }
}
