import * as z from "zod/mini";
import { problem } from "../../provider/core/problems.ts";
import { parseJson } from "../../provider/deepseek/document.ts";
import { parseBaseUrl } from "../../provider/deepseek/endpoint.ts";
import { CONNECTION_NAME } from "../names.ts";
import { SHARD_SIZE } from "../shards.ts";
import { describe, firstOf, texts } from "./invocation.ts";
import { SecretUnreadableError } from "./secret-problems.ts";
import type { Secret, SecretCache } from "./secrets.ts";

/** A connection in its shard's secret: everything that decides where its key goes is stored together with the key. */
const storedConnection = z.object({
  /** The connection's name in metrics, alarms and logs. */
  name: z.string().check(z.regex(CONNECTION_NAME)),
  /** The only address to which the key is sent. */
  baseUrl: z.string(),
  /** Whether the base URL may be plain http to another machine. */
  allowInsecureHttp: z.optional(z.boolean()),
  /** The model of the test call. Absent: the first one that the service lists. */
  model: z.optional(z.string().check(z.minLength(1))),
  /** When the key was created, ISO 8601. Absent: when the current version of the secret with the key was stored. */
  keyCreatedAt: z.optional(z.string().check(z.refine((text) => !Number.isNaN(Date.parse(text))))),
  /** The key. Absent: it is in a secret of the user's own. */
  apiKey: z.optional(z.string()),
  /** Extra request headers, together with `apiKey`. */
  headers: z.optional(z.record(z.string(), z.string())),
  /** ARN of the user's own secret that contains the key. */
  secretArn: z.optional(z.string().check(z.startsWith("arn:"))),
  /** The property that contains the key, if the user's own secret is a JSON object. Absent: the whole secret is the key. */
  secretField: z.optional(z.string().check(z.minLength(1))),
});

/** The value of a shard's secret, as JSON. */
const storedShard = z.object({
  connections: z.array(storedConnection).check(z.minLength(1), z.maxLength(SHARD_SIZE)),
});

/** A connection as the deployment stores it. */
export type StoredConnection = z.input<typeof storedConnection>;

/** A connection to probe. Its base URL has the form that it has in calls and in metrics. */
export type MonitoredConnection = z.output<typeof storedConnection>;

/** The content of a shard's secret. */
export interface StoredShard {
  readonly connections: readonly MonitoredConnection[];
  /** When it was stored. */
  readonly storedAt: Date;
}

/** A shard's secret during one run. */
export class ShardSecret {
  /** The secret's name. */
  readonly name: string;
  readonly #secrets: SecretCache;
  #current: Promise<StoredShard> | undefined;

  constructor(name: string, secrets: SecretCache) {
    this.name = name;
    this.#secrets = secrets;
  }

  /** Returns its content, which can be up to five minutes old. */
  async read(): Promise<StoredShard> {
    return contentOf(await this.#secrets.get(this.name));
  }

  /** Returns its present content. It is read at most once a run, however many keys are rejected. */
  current(): Promise<StoredShard> {
    this.#current ??= this.#secrets.reread(this.name).then(contentOf);
    return this.#current;
  }
}

/** The content of secrets that were read, so that a cached one is parsed once. */
const contents = new WeakMap<Secret, StoredShard>();

function contentOf(secret: Secret): StoredShard {
  const content = contents.get(secret) ?? { connections: connectionsIn(secret.value), storedAt: secret.createdAt };
  contents.set(secret, content);
  return content;
}

/**
 * Returns the connections in the value of a shard's secret.
 *
 * @throws SecretUnreadableError if the value cannot be used; the message names the fields that are wrong, without a value
 */
function connectionsIn(value: string): readonly MonitoredConnection[] {
  const parsed = storedShard.safeParse(parseJson(value), texts);
  // The place is a field of a connection: below it, the name of a header could be a secret that was put there by mistake.
  const issues = (parsed.error?.issues ?? []).map((issue) => ({ ...issue, path: issue.path.slice(0, 3) }));
  const problems = describe(issues, "secret");
  const names = new Set<string>();
  const connections = (parsed.data?.connections ?? []).map((connection, index) => {
    const report = (code: string, field: string, text: string) => {
      problems.push(problem(code, ["connections", index, field], text));
    };
    const { name, allowInsecureHttp = false, apiKey, secretArn } = connection;
    const url = parseBaseUrl(connection.baseUrl, { allowInsecureHttp });
    if (!url.ok) report(url.code, "baseUrl", url.problem);
    if (names.has(name)) report("argument-duplicate", "name", "is used more than once");
    if ((apiKey === undefined) === (secretArn === undefined)) {
      report("argument-invalid", "apiKey", "exactly one of apiKey and secretArn is needed");
    }
    names.add(name);
    return url.ok ? { ...connection, baseUrl: url.baseUrl } : connection;
  });
  if (problems.length === 0) return connections;
  throw SecretUnreadableError.of("secret-shard-invalid", { problems: firstOf(problems) });
}
