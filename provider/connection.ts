import * as pulumi from "@pulumi/pulumi";
import { withChosenModel } from "./core/chosen-models.ts";
import { normalizedBaseUrl } from "./core/defaults.ts";
import { type InputName, inputs, secretNames } from "./core/inputs.ts";
import type { OpenAIOptions, Status, Strictness, TestCall } from "./core/values.ts";
import type { Model } from "./deepseek/offer.ts";
import { printable } from "./deepseek/redact.ts";
import { dynamicProvider } from "./dynamic.ts";
import { preflight } from "./preflight.ts";
import { ShortlyTracedResource } from "./pulumi-internals.ts";
import { checkRequirements } from "./requirements.ts";
import { resolveBaseUrl, resolveKey, resolveStrictness } from "./stack-config.ts";

/**
 * The inputs of a `DeepSeekConnection`. All are optional. An invalid or unknown input fails the preview with a message
 * that says which input is wrong, why, and what it takes.
 */
export interface DeepSeekConnectionArgs {
  /**
   * The API key. It is always kept as a secret. Leading and trailing whitespace is removed. A key that contains
   * whitespace or a quotation mark, or starts with `Bearer`, is refused.
   *
   * @default the secret `deepseek:apiKey` from the stack's configuration; if there is none, the environment variable
   * `DEEPSEEK_API_KEY`, which is used with the default base URL only. Without a key the preview fails.
   */
  readonly apiKey?: pulumi.Input<string> | undefined;
  /**
   * The address of the service or of an OpenAI-compatible gateway, at most 1,024 characters. It must be https, or plain
   * http to this machine; see also `allowInsecureHttp`. A path such as `/v1` is kept. It must not contain a user name, a
   * password or a query, and must not be a cloud provider's metadata address or a host that imitates DeepSeek's.
   *
   * @default `deepseek:baseUrl` from the stack's configuration; if that is not set, `https://api.deepseek.com`
   */
  readonly baseUrl?: pulumi.Input<string> | undefined;
  /**
   * Extra headers of each call by name, for gateways, such as `{ "x-portkey-provider": "deepseek" }`. They are always
   * kept as a secret, and no message contains a value. At most 32, each value at most 8,192 characters of printable
   * ASCII; whitespace around a value is removed. `Accept` and `User-Agent` replace the usual ones. Refused:
   * `Authorization`, for which there is `apiKey`, `Host`, `Cookie`, `Accept-Encoding`, `Expect`, `Content-*`, `Proxy-*`,
   * and headers of the connection such as `Transfer-Encoding`.
   *
   * @default none
   */
  readonly headers?: pulumi.Input<Readonly<Record<string, pulumi.Input<string>>>> | undefined;
  /**
   * Whether `baseUrl` may be plain http to other machines than this one, for a gateway in a private network. Key and
   * headers then cross the network unencrypted, and each preview and each deployment warns. DeepSeek's own hosts and
   * metadata addresses are refused nevertheless, and a key from the environment is not used.
   *
   * @default `false`
   */
  readonly allowInsecureHttp?: boolean | undefined;
  /**
   * The ids of the models that may be used: at least one, without duplicates. It limits the outputs `models` and
   * `defaultModel`. An id that the service does not list causes a warning only, because aliases work without being
   * listed.
   *
   * @default all models that the service lists
   */
  readonly allowedModels?: pulumi.Input<readonly pulumi.Input<string>[]> | undefined;
  /**
   * The id of the model for the test call and for the `openai` output. If `allowedModels` is set it must contain this
   * id.
   *
   * @default the first allowed model that the service lists, chosen once and kept while the service still lists it
   */
  readonly defaultModel?: pulumi.Input<string> | undefined;
  /**
   * The connection's name in messages and alerts: 1 to 100 characters on one line.
   *
   * @default the resource's name
   */
  readonly displayName?: pulumi.Input<string> | undefined;
  /**
   * How strictly the connection is verified. `"standard"`: a rejected key or a wrong input fails the preview;
   * insufficient balance is a warning; an unreachable or failing service is a warning at preview and fails create and
   * update; a connection that the allowed calls do not prove is a warning (see `testCall`). `"strict"`: everything fails
   * except a valid key with sufficient balance. `"none"`: no calls are made, and `status` is `"unverified"`.
   *
   * The stack's configuration `deepseek:verify` overrides it, with a warning.
   *
   * @default `"standard"`
   */
  readonly verify?: Strictness | undefined;
  /**
   * Which call verifies the connection besides the free calls. `"chat"`: one chat completion of one token, the only
   * proof that inference works; it cost about $0.000002 on DeepSeek's smaller model in November 2026. Create and update
   * always make it. Preview and refresh make it only where the free calls prove nothing: if the service lists its models to
   * anyone, if it has no list, or if the list omits the default model. Refresh also makes it while `status` is not
   * `"valid"`. `"models"`: it is never made. Where the free calls prove nothing, `status` is then `"unverified"`.
   *
   * @default `"chat"`
   */
  readonly testCall?: TestCall | undefined;
  /**
   * Absolute deadline of each attempt of a call, from connecting to the last byte, in seconds, 1 to 600. A call and its
   * retries take at most `timeoutSeconds` × `maxAttempts`, or twice `timeoutSeconds` if that is longer.
   *
   * @default 20 seconds
   */
  readonly timeoutSeconds?: number | undefined;
  /**
   * Maximum number of attempts for each call while the service is busy, failing or unreachable, 1 to 10. The waits
   * between attempts are random and grow; `Retry-After` is honoured.
   *
   * @default 3
   */
  readonly maxAttempts?: number | undefined;
  /**
   * When the key was created: a date, or a date and time (ISO 8601, such as `2026-11-25`). DeepSeek's API does not
   * provide it.
   *
   * @default not known
   */
  readonly keyCreatedAt?: pulumi.Input<string> | undefined;
  /**
   * Age of the key in days, 1 to 3650, at which previews and deployments begin to warn that it is due for rotation.
   * Requires `keyCreatedAt`.
   *
   * @default no warning
   */
  readonly rotateAfterDays?: number | undefined;
}

/**
 * A connection to DeepSeek, or to a service with the same API. The key is checked at preview, verified by a test call
 * at create and update, and kept as a secret. The check at preview is free of charge, unless only the test call can prove
 * the key or the model (see `testCall`).
 *
 * It cannot be imported or looked up with `get`, because Pulumi supports neither for dynamic resources, and it works in
 * Node.js programs only. Deleting it does not revoke the key: DeepSeek has no API for keys.
 *
 * @throws pulumi.RunError if the configured `deepseek:apiKey` is not a secret, if this package cannot be loaded from the
 * program's own folder, or if the program does not run in Node.js. A wrong input or a rejected key does not throw: it
 * fails the resource, at preview.
 */
export class DeepSeekConnection extends ShortlyTracedResource {
  // `declare`, because compiled for ES2022 a plain field would overwrite the output that Pulumi sets.

  /** The key, a secret. */
  declare readonly apiKey: pulumi.Output<string>;
  /** The base URL, without trailing slashes. */
  declare readonly baseUrl: pulumi.Output<string>;
  /** The extra headers as they were given, a secret; the property is absent if none were given. */
  declare readonly headers?: pulumi.Output<Readonly<Record<string, string>>>;
  /** Whether `baseUrl` may be plain http to another machine; the property is absent if that was not set. */
  declare readonly allowInsecureHttp?: pulumi.Output<boolean>;
  /** The models that may be used: `allowedModels`, or all that the service lists. */
  declare readonly models: pulumi.Output<readonly Model[]>;
  /** The model that was set or chosen; absent if none was set and no call was made. */
  declare readonly defaultModel: pulumi.Output<string | undefined>;
  /** The name in messages and alerts. */
  declare readonly displayName: pulumi.Output<string>;
  /** What the last verification or refresh found. `unverified` is not a problem that was found, but a missing proof. */
  declare readonly status: pulumi.Output<Status>;
  /** Cause and next step; absent while the status is `valid`, and with `verify: "none"`. */
  declare readonly statusReason: pulumi.Output<string | undefined>;
  /** When the key was created; the property is absent if that was not set. A `DeepSeekMonitor` uses it too. */
  declare readonly keyCreatedAt?: pulumi.Output<string>;
  /** Identifies the key without revealing it: 12 hex digits. */
  declare readonly keyFingerprint: pulumi.Output<string>;
  /** When create or update last verified the connection (ISO 8601, UTC); absent if never. */
  declare readonly verifiedAt: pulumi.Output<string | undefined>;
  /** The model that answered the test call; for an alias, the model behind it. */
  declare readonly servedModel: pulumi.Output<string | undefined>;
  /** The service's opaque identifier of the configuration that answered the test call. */
  declare readonly systemFingerprint: pulumi.Output<string | undefined>;
  /** Options for any OpenAI SDK, with `headers` as `defaultHeaders`. A secret. */
  declare readonly openai: pulumi.Output<OpenAIOptions>;

  /**
   * @param name the resource's name, unique among the program's connections
   * @param args the inputs
   * @param opts Pulumi's own options. With `ignoreChanges`, or with a component in `dependsOn`, the connection is
   * checked on its own, later than the others, which are checked all at once.
   */
  constructor(name: string, args: DeepSeekConnectionArgs = {}, opts?: pulumi.CustomResourceOptions) {
    checkRequirements();
    const given: { readonly [Name in InputName]?: DeepSeekConnectionArgs[Name] } = args;
    const baseUrl = resolveBaseUrl(given.baseUrl);
    const { apiKey, apiKeyFrom } = resolveKey(given.apiKey, baseUrl);
    const displayName = given.displayName ?? printable(name, 100);
    const verify = resolveStrictness(displayName, given.verify);
    // Left out if they are not set, so that a monitor knows that there are none at preview: to Pulumi, an output that is absent
    // from the state is unknown then.
    const { headers, allowInsecureHttp, keyCreatedAt, ...others } = given;
    const props = {
      ...others,
      apiKey,
      displayName,
      // An output with the same name and value as an input is known to dependants at preview. `check` reports an invalid one.
      baseUrl: pulumi
        .output(baseUrl)
        .apply((url) => normalizedBaseUrl(url, { allowInsecureHttp: allowInsecureHttp === true })),
      // In the program, because a value that the provider gets in clear text would be stored in clear text.
      ...(headers !== undefined && { headers: pulumi.secret(headers) }),
      ...(allowInsecureHttp !== undefined && { allowInsecureHttp }),
      ...(keyCreatedAt !== undefined && { keyCreatedAt }),
      ...verify,
    };
    super(
      dynamicProvider,
      name,
      {
        ...unsetOutputs,
        ...props,
        ...(apiKeyFrom === "environment" && { apiKeyFrom }),
        verdict: preflight(props, opts),
      },
      // The engine marks an output as a secret only if a secret input has its name.
      pulumi.mergeOptions(opts, { additionalSecretOutputs: [...secretNames] }),
      "deepseek",
      "DeepSeekConnection",
    );
    if (given.defaultModel === undefined) withChosenModel.add(this);
  }
}

// Does not compile if an argument has no entry in the table of inputs; an input without an argument fails in the
// constructor.
inputs satisfies Readonly<Record<keyof DeepSeekConnectionArgs, unknown>>;

/** Pulumi creates a property on the resource for each of these names. */
const unsetOutputs = {
  models: undefined,
  defaultModel: undefined,
  status: undefined,
  statusReason: undefined,
  keyFingerprint: undefined,
  verifiedAt: undefined,
  servedModel: undefined,
  systemFingerprint: undefined,
  openai: undefined,
};
