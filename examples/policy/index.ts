import {
  type PolicyConfigSchema,
  PolicyPack,
  type PolicyResource,
  type ResourceValidationArgs,
  type ResourceValidationPolicy,
  type StackValidationPolicy,
  UnknownValueError,
} from "@pulumi/policy";

/*
 * A policy sees keys and headers in clear text. So no violation contains a value of a resource, not even an address or the name
 * of a model: only names of resources, and what is configured for this pack.
 */

const connectionType = "pulumi-nodejs:dynamic/deepseek:DeepSeekConnection";

/** In the URN of the secret in which a monitor stores the connections of a shard. The monitor itself has no inputs. */
const monitoredType = "deepseek:index:DeepSeekMonitor$aws:secretsmanager/secretVersion:SecretVersion";

/** Stands for a value that is not known at preview. The policies run again in the deployment, when it is known. */
const unknown = Symbol("unknown");

/** The stacks that the policies about production cover by default. */
const production = ["prod", "prod-*", "*-prod", "production"];

const baseUrls: ResourceValidationPolicy = {
  name: "deepseek-base-urls",
  description: "Keys are sent to approved base URLs only.",
  configSchema: schema(["*"], { baseUrls: list(["https://api.deepseek.com"]) }),
  validateResource: (args, reportViolation) => {
    const approved = covering<{ baseUrls: string[] }>(args).baseUrls;
    for (const { title, baseUrl } of connectionsIn(args)) {
      if (baseUrl === unknown || approved.map(comparable).includes(comparable(baseUrl))) continue;
      reportViolation(`${title} has another base URL. Set \`baseUrl\` to ${oneOf(approved)}.`);
    }
  },
};

const models: ResourceValidationPolicy = {
  name: "deepseek-models",
  description: "Connections use approved models only.",
  configSchema: schema(["*"], { models: list([]) }),
  validateResource: (args, reportViolation) => {
    const approved = covering<{ models: string[] }>(args).models;
    if (approved.length === 0) args.notApplicable("No models are configured, so all are approved.");
    const isOther = (model: unknown) => model !== unknown && model !== undefined && !approved.includes(String(model));
    for (const { title, allowedModels, defaultModel } of connectionsIn(args)) {
      const remedy = `Set \`allowedModels\` to models from this list: ${approved.join(", ")}.`;
      if (allowedModels === undefined) reportViolation(`${title} may use every model of its service. ${remedy}`);
      if (Array.isArray(allowedModels) && allowedModels.some(isOther)) {
        reportViolation(`${title} may use a model that is not approved. ${remedy}`);
      }
      if (isOther(defaultModel)) {
        reportViolation(`${title} has another default model. Set \`defaultModel\` to ${oneOf(approved)}.`);
      }
    }
  },
};

const verification: ResourceValidationPolicy = {
  name: "deepseek-verify",
  description: "Connections are verified in production.",
  configSchema: schema(production),
  validateResource: (args, reportViolation) => {
    covering(args);
    for (const { title, verify } of connectionsIn(args)) {
      if (verify !== "none") continue;
      reportViolation(
        `${title} is not verified. Remove \`verify: "none"\`; if the stack's configuration sets it, run ` +
          "'pulumi config rm deepseek:verify'.",
      );
    }
  },
};

const https: ResourceValidationPolicy = {
  name: "deepseek-https",
  description: "Keys cross the network encrypted in production.",
  configSchema: schema(production),
  validateResource: (args, reportViolation) => {
    covering(args);
    for (const { title, allowInsecureHttp } of connectionsIn(args)) {
      if (allowInsecureHttp !== true) continue;
      reportViolation(
        `${title} allows plain http. Remove \`allowInsecureHttp\`, and set \`baseUrl\` to an https address.`,
      );
    }
  },
};

const rotation: ResourceValidationPolicy = {
  name: "deepseek-rotation",
  description: "Each key has a date on which it is due for rotation.",
  // A key that nobody dated is no reason to stop a deployment.
  enforcementLevel: "advisory",
  configSchema: schema(["*"], { maxDays: { type: "integer", minimum: 1, default: 365 } }),
  validateResource: (args, reportViolation) => {
    const { maxDays } = covering<{ maxDays: number }>(args);
    if (args.type !== connectionType) return;
    const title = connectionTitle(args.name);
    if (read(args.props, "keyCreatedAt") === undefined) {
      reportViolation(
        `${title} does not say how old its key is. Set \`keyCreatedAt\` to the day on which the key was created.`,
      );
    }
    const days = read(args.props, "rotateAfterDays");
    if (days === unknown || (typeof days === "number" && days <= maxDays)) return;
    reportViolation(
      `${title} does not warn when its key is due for rotation. Set \`rotateAfterDays\` to at most ${maxDays}.`,
    );
  },
};

const monitored: StackValidationPolicy = {
  name: "deepseek-monitored",
  description: "Each connection has a monitor.",
  // It cannot see a monitor in another stack, nor one that gets the key as `secretArn`.
  enforcementLevel: "advisory",
  configSchema: schema(["*"], { monitoredElsewhere: list([]) }),
  validateStack: (args, reportViolation) => {
    const connections = args.resources.filter(({ type }) => type === connectionType);
    const [first] = connections;
    if (first === undefined) return;
    const { monitoredElsewhere } = covering<{ monitoredElsewhere: string[] }>({ ...args, urn: first.urn });
    // What a secret depends on is known before its value is, and needs no look at the keys.
    const stored = args.resources
      .filter(isMonitored)
      .flatMap(({ propertyDependencies }) => propertyDependencies["secretString"]);
    const urns = new Set(stored.map((resource) => resource?.urn));
    for (const { name, urn } of connections) {
      if (urns.has(urn) || monitoredElsewhere.includes(name)) continue;
      reportViolation(
        `${connectionTitle(name)} has no monitor in this stack. Add it to the \`connections\` of a DeepSeekMonitor; if another ` +
          "stack monitors it, add its name to `monitoredElsewhere` of this policy.",
        urn,
      );
    }
  },
};

new PolicyPack("deepseek-policy", {
  policies: [baseUrls, models, verification, https, rotation, monitored],
  enforcementLevel: "mandatory",
});

/** What the policies look at: the inputs of a connection, or what a monitor stores about one. */
interface Connection {
  readonly title: string;
  readonly baseUrl: unknown;
  readonly allowedModels: unknown;
  readonly defaultModel: unknown;
  readonly allowInsecureHttp: unknown;
  readonly verify: unknown;
}

/** The connections in a resource: itself, or those that a monitor stores. */
function connectionsIn({ type, urn, name, props, opts }: ResourceValidationArgs): readonly Connection[] {
  if (type === connectionType) {
    return [
      {
        title: connectionTitle(name),
        baseUrl: read(props, "baseUrl"),
        allowedModels: read(props, "allowedModels"),
        defaultModel: read(props, "defaultModel"),
        allowInsecureHttp: read(props, "allowInsecureHttp"),
        verify: read(props, "verify"),
      },
    ];
  }
  const stored = isMonitored({ urn }) ? read(props, "secretString") : unknown;
  if (typeof stored !== "string") return [];
  const { connections } = JSON.parse(stored) as { connections: Record<string, unknown>[] };
  return connections.map((connection) => ({
    title: `'${connection["name"]}' of DeepSeekMonitor '${lastPart(opts.parent ?? "")}'`,
    baseUrl: connection["baseUrl"],
    // A monitor uses only one model.
    allowedModels: [],
    defaultModel: connection["model"],
    allowInsecureHttp: connection["allowInsecureHttp"],
    verify: undefined,
  }));
}

function isMonitored({ urn }: Pick<PolicyResource, "urn">): boolean {
  return urn.includes(`${monitoredType}::`);
}

function connectionTitle(name: string): string {
  return `DeepSeekConnection '${name}'`;
}

/** Reads an input that may be unset or unknown, also in part: access to an unknown value throws. */
function read(props: ResourceValidationArgs["props"], name: string): unknown {
  try {
    const value: unknown = props[name];
    return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
  } catch (error) {
    if (error instanceof UnknownValueError) return unknown;
    throw error;
  }
}

/** The configuration of a policy. The policy ends here if it does not cover the stack. */
function covering<Config extends object = object>(args: {
  readonly urn: string;
  getConfig<T extends object>(): T;
  notApplicable(reason?: string): never;
}): Config {
  const config = args.getConfig<Config & { stacks: string[] }>();
  // 'urn:pulumi:<stack>::<project>::<types>::<name>'
  const stack = args.urn.split(":")[2] ?? "";
  const isCovered = config.stacks.some((pattern) => matches(pattern, stack));
  return isCovered ? config : args.notApplicable(`The policy does not cover stack '${stack}'.`);
}

/** Whether a text matches a pattern in which `*` stands for any characters. */
function matches(pattern: string, text: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(text);
}

/** An address as connections store it: without trailing slashes. */
function comparable(address: unknown): string {
  return String(address).replace(/\/+$/, "");
}

function lastPart(urn: string): string {
  const parts = urn.split("::");
  return parts[parts.length - 1] ?? "";
}

function oneOf(values: readonly string[]): string {
  return values.length === 1 ? String(values[0]) : `one of ${values.join(", ")}`;
}

/** A policy's configuration: the stacks that it covers by default, and more. */
function schema(stacks: string[], more: PolicyConfigSchema["properties"] = {}): PolicyConfigSchema {
  return { properties: { stacks: list(stacks), ...more } };
}

function list(values: string[]): PolicyConfigSchema["properties"][string] {
  return { type: "array", items: { type: "string" }, default: values };
}
