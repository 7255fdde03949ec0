import { createRequire } from "node:module";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { definitionOf, type InputName, inputNames, inputs } from "./core/inputs.ts";
import { printed } from "./core/message-text.ts";
import { connectionMessage } from "./core/messages.ts";
import type { OpenAIOptions, Status, Strictness, TestCall } from "./core/values.ts";
import { DEFAULT_BASE_URL, parseBaseUrl } from "./deepseek/endpoint.ts";
import type { Model } from "./deepseek/offer.ts";
import { printable } from "./deepseek/redact.ts";
import { dynamicProvider } from "./dynamic.ts";
import { preflight } from "./preflight.ts";
import { isMocked, ShortlyTracedResource } from "./pulumi-internals.ts";
import { resolveKey, resolveStrictness } from "./stack-config.ts";

/**
 * The inputs of a `DeepSeekConnection`. All are optional. One that is wrong fails the preview, with its name, what is
 * wrong and what would do; an input of another name does too.
 */
export interface DeepSeekConnectionArgs {
  /**
   * The API key. It is always kept as a secret. Blanks around it are dropped; one that holds a blank, a quotation mark or
   * a leading `Bearer` is refused.
   *
   * @default the secret `apiKey` of the stack's `deepseek` configuration, then the environment variable
   * `DEEPSEEK_API_KEY`, which is used with the default base URL only. Without any of them the preview fails.
   */
  readonly apiKey?: pulumi.Input<string> | undefined;
  /**
   * The address of the service or of an OpenAI-compatible gateway, at most 1,024 characters. https, or plain http to this
   * machine; a path such as `/v1` is kept. Refused: a user name or password in it, a query, addresses of a cloud's
   * metadata, and hosts that only look like DeepSeek's.
   *
   * @default `https://api.deepseek.com`
   */
  readonly baseUrl?: pulumi.Input<string> | undefined;
  /**
   * The ids of the models that may be used, at least one and none twice: least privilege for whoever reads `models` and
   * `defaultModel`. One that the service does not list gives a warning, since aliases work unlisted.
   *
   * @default all models that the service lists
   */
  readonly allowedModels?: pulumi.Input<readonly pulumi.Input<string>[]> | undefined;
  /**
   * The id of the model for the test call and for the `openai` output, one of `allowedModels` where those are given.
   *
   * @default the first allowed model that the service lists, chosen once and kept while the service still lists it
   */
  readonly defaultModel?: pulumi.Input<string> | undefined;
  /**
   * The connection's name in messages and alerts, 1 to 100 characters on one line.
   *
   * @default the resource's name
   */
  readonly displayName?: pulumi.Input<string> | undefined;
  /**
   * How strictly the connection is verified. `"standard"`: a rejected key or a wrong input fails the preview; an empty
   * account is a warning; a service that does not answer is a warning at preview and fails create and update. `"strict"`:
   * everything but a valid, funded key fails. `"none"`: nothing is asked, and `status` is `"unverified"`.
   *
   * The stack's configuration `deepseek:verify` overrides it, with a warning.
   *
   * @default `"standard"`
   */
  readonly verify?: Strictness | undefined;
  /**
   * What create and update ask besides the free calls: `"chat"` makes one chat completion of one token, the only proof
   * that inference works (about $0.000002 on DeepSeek's smaller model in November 2026); `"models"` makes none.
   *
   * @default `"chat"`
   */
  readonly testCall?: TestCall | undefined;
  /**
   * Absolute deadline of each attempt of a call, from connecting to the last byte, in seconds, 1 to 600. With its
   * retries a call takes at most `timeoutSeconds` × `maxAttempts`, or twice `timeoutSeconds` if that is longer.
   *
   * @default 20 seconds
   */
  readonly timeoutSeconds?: number | undefined;
  /**
   * How often a call is made at most while the service is busy, failing or out of reach, 1 to 10. The waits between are
   * random, and `Retry-After` is honoured.
   *
   * @default 3
   */
  readonly maxAttempts?: number | undefined;
  /**
   * When the key was made: a date, or a date and time (ISO 8601, such as `2026-11-25`). DeepSeek tells it nobody.
   *
   * @default not known
   */
  readonly keyCreatedAt?: pulumi.Input<string> | undefined;
  /**
   * Age in days, 1 to 3650, from which on each preview and deployment warns that the key is due for rotation. Needs
   * `keyCreatedAt`.
   *
   * @default no warning
   */
  readonly rotateAfterDays?: number | undefined;
}

/**
 * A connection to DeepSeek, or to a service that speaks the same API: the key is checked at preview, verified by a test
 * call at create and update, and kept as a secret.
 *
 * It cannot be imported or looked up with `get`, since Pulumi offers neither for dynamic resources; and it works in
 * Node.js programs only. Deleting it revokes nothing: DeepSeek has no API for keys.
 *
 * @throws pulumi.RunError if the configured `deepseek:apiKey` is not a secret, or if the program's own folder does not
 * have this package. What is wrong with an input or a key is no exception: it fails the resource, at preview.
 */
export class DeepSeekConnection extends ShortlyTracedResource {
  // `declare`, because compiled for ES2022 a plain field would overwrite the output that Pulumi sets.

  /** The key, a secret. */
  declare readonly apiKey: pulumi.Output<string>;
  /** The base URL in one form: without trailing slashes. */
  declare readonly baseUrl: pulumi.Output<string>;
  /** The models that may be used: those that the service lists and `allowedModels` lets through. */
  declare readonly models: pulumi.Output<readonly Model[]>;
  /** The model that was asked for or chosen; absent if nothing was asked and none was named. */
  declare readonly defaultModel: pulumi.Output<string | undefined>;
  /** The name in messages and alerts. */
  declare readonly displayName: pulumi.Output<string>;
  /** What the last verification or refresh found. */
  declare readonly status: pulumi.Output<Status>;
  /** Cause and next step; absent while the status is `valid` or `unverified`. */
  declare readonly statusReason: pulumi.Output<string | undefined>;
  /** When the key was made, if that was given: a `DeepSeekMonitor` takes it over. */
  declare readonly keyCreatedAt: pulumi.Output<string | undefined>;
  /** Tells keys apart without showing them: 12 hex digits. */
  declare readonly keyFingerprint: pulumi.Output<string>;
  /** When create or update last verified the connection (ISO 8601, UTC); absent if never. */
  declare readonly verifiedAt: pulumi.Output<string | undefined>;
  /** The model that answered the test call: the one behind an alias. */
  declare readonly servedModel: pulumi.Output<string | undefined>;
  /** The service's opaque name for the configuration that answered the test call. */
  declare readonly systemFingerprint: pulumi.Output<string | undefined>;
  /** A secret: what any OpenAI SDK takes as it is. */
  declare readonly openai: pulumi.Output<OpenAIOptions>;

  /**
   * @param name the resource's name, unique among the program's connections
   * @param args the inputs
   * @param opts Pulumi's own options. With `ignoreChanges`, or with `dependsOn` a component, the connection is checked in
   * its turn instead of with all others at once.
   */
  constructor(name: string, args: DeepSeekConnectionArgs = {}, opts?: pulumi.CustomResourceOptions) {
    if (!isMocked()) requireResolvable();
    const given: { readonly [Name in InputName]?: DeepSeekConnectionArgs[Name] } = args;
    const { apiKey, apiKeyFrom } = resolveKey(given.apiKey, given.baseUrl);
    const displayName = given.displayName ?? printable(name, 100);
    const verify = resolveStrictness(displayName, given.verify);
    const props = { ...given, apiKey, displayName, baseUrl: normalized(given.baseUrl), ...verify };
    super(
      dynamicProvider,
      name,
      {
        ...unsetOutputs,
        ...props,
        ...(apiKeyFrom === "environment" && { apiKeyFrom }),
        verdict: preflight(props, opts),
      },
      pulumi.mergeOptions(opts, { additionalSecretOutputs: secretOutputs }),
      "deepseek",
      "DeepSeekConnection",
    );
  }
}

// Does not compile while an argument has no entry in the table of inputs; one without an argument fails in the constructor.
inputs satisfies Readonly<Record<keyof DeepSeekConnectionArgs, unknown>>;

/** The engine marks an output as a secret only if a secret input has its name. */
const secretOutputs = [...inputNames.filter((name) => definitionOf(name).isSecret), "openai"];

/**
 * The base URL in the form in which it is stored, the default included: an output that has the name and the value of an
 * input is known to dependants at preview. What is wrong with it is for `check` to say.
 */
function normalized(given: pulumi.Input<string> | undefined): pulumi.Output<string> {
  return pulumi.output(given).apply((text = DEFAULT_BASE_URL) => {
    const parsed = typeof text === "string" ? parseBaseUrl(text) : undefined;
    return parsed?.ok ? parsed.baseUrl : text;
  });
}

/** Pulumi makes a property of the resource of each name that it is given. */
const unsetOutputs = {
  models: undefined,
  defaultModel: undefined,
  status: undefined,
  statusReason: undefined,
  keyCreatedAt: undefined,
  keyFingerprint: undefined,
  verifiedAt: undefined,
  servedModel: undefined,
  systemFingerprint: undefined,
  openai: undefined,
};

/** Looked up once for all connections of a program. */
let resolvable = false;

/**
 * The engine loads the package from the program's folder, not from where this file is. The two differ where a company's
 * own component package brings this one along and the package manager does not hoist it.
 */
function requireResolvable(): void {
  if (resolvable) return;
  try {
    // Not this module's own `require`: within the package, its name resolves to itself from everywhere.
    createRequire(join(process.cwd(), "program.js")).resolve("pulumi-deepseek/provider/lifecycle");
    resolvable = true;
  } catch {
    throw new pulumi.RunError(printed(connectionMessage("package-not-found", { folder: process.cwd() })));
  }
}
