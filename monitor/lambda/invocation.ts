import * as z from "zod/mini";
import en from "zod/v4/locales/en.js";
import { fill, type MessageText, printed } from "../../provider/core/message-text.ts";
import { describeIssues, type Issue, type Problem, placedAt, problem } from "../../provider/core/problems.ts";
import { parseBaseUrl } from "../../provider/deepseek/endpoint.ts";
import { KnownSecrets } from "../../provider/deepseek/redact.ts";
import { Detail, type MetricName, metricNames } from "../metrics.ts";
import { CONNECTION_NAME } from "../names.ts";

/**
 * The event that a schedule sends to the function: the connections of one shard. It contains no keys, only where to read
 * them. EventBridge Scheduler accepts up to 256 kB; 50 connections take about 15 kB.
 */
export const monitorEvent = z.strictObject({
  /** The shard's name: "0", "1", … */
  shard: z.string().check(z.regex(/^\d{1,4}$/)),
  connections: z
    .array(
      z.strictObject({
        /** The connection's name in metrics, alarms and logs. */
        name: z.string().check(z.regex(CONNECTION_NAME)),
        baseUrl: z.url(),
        /** Whether the base URL may be plain http to another machine. */
        allowInsecureHttp: z.optional(z.boolean()),
        /** The model of the test call. Absent: the first one that the service lists. */
        model: z.optional(z.string().check(z.minLength(1))),
        /** ARN of the secret in AWS Secrets Manager that contains the key. */
        secretArn: z.string().check(z.startsWith("arn:")),
        /** The property that contains the key, if the secret is a JSON object. Absent: the whole secret is the key. */
        secretField: z.optional(z.string().check(z.minLength(1))),
        /** When the key was created, ISO 8601. Absent: when the secret's current version was stored. */
        keyCreatedAt: z.optional(z.union([z.iso.date(), z.iso.datetime({ offset: true })])),
      }),
    )
    .check(z.minLength(1), z.maxLength(1_000)),
  /**
   * Present if a deployment invokes the function. Then the run throws if a secret cannot be read, so that a broken function
   * fails the deployment. It waits for a new role's permissions first. The value belongs to Pulumi and is not read.
   */
  smoke: z.optional(z.unknown()),
});

export type MonitorEvent = z.output<typeof monitorEvent>;

export type MonitoredConnection = MonitorEvent["connections"][number];

const list = z.pipe(
  z.string(),
  z.transform((text) => text.split(",").filter((name) => name !== "")),
);

/** The function's environment variables. None of them contains a key. Lambda allows 4 kB in total. */
const monitorEnvironment = z.object({
  /** The monitor's name in the account, which is also the dimension `Monitor`. */
  MONITOR_NAME: z.string().check(z.minLength(1)),
  /** `chat`: each probe ends with the test call. `models`: a probe makes only the free calls. */
  MONITOR_TEST_CALL: z.enum(["chat", "models"]),
  MONITOR_DETAIL: z.enum(Detail),
  /** The optional gauges that an alarm or the dashboard reads, separated by commas. */
  MONITOR_GAUGES: z.pipe(list, z.array(z.enum(metricNames as readonly [MetricName, ...MetricName[]]))),
  /** A URL to call (GET) after each complete run of a shard. */
  MONITOR_HEARTBEAT_URL: z.optional(z.url()),
});

export type MonitorEnvironment = z.input<typeof monitorEnvironment>;

/** The function's environment, parsed. */
export type FunctionSettings = z.output<typeof monitorEnvironment>;

/** The messages about an invalid environment or event, by code. */
export const invocationProblems = {
  "environment-invalid": {
    text: "The environment of the monitor's function is invalid (‹problems›).",
    remedy: "Run 'pulumi up --refresh' to restore the monitor's settings.",
  },
  "event-invalid": {
    text: "The event of the monitor's schedule is invalid (‹problems›).",
    remedy: "Run 'pulumi up --refresh' to restore the monitor's settings.",
  },
  "event-connection-duplicate": { text: "the name '‹name›' is used more than once" },
} as const satisfies Readonly<Record<string, MessageText>>;

/** @throws Error that names each variable that is missing or wrong */
export function readEnvironment(environment: Readonly<Record<string, string | undefined>>): FunctionSettings {
  const parsed = monitorEnvironment.safeParse(environment, texts);
  if (parsed.success) return parsed.data;
  // The variable's name alone says where the problem is.
  const issues = parsed.error.issues.map((issue) => ({ ...issue, path: issue.path.slice(0, 1) }));
  throw invalid("environment-invalid", describe(issues, "environment"));
}

/**
 * Checks an event and normalizes its base URLs, so that each has the same form in calls and in metrics.
 *
 * @throws Error that names each field that is wrong
 */
export function readEvent(event: unknown): MonitorEvent {
  const parsed = monitorEvent.safeParse(event, texts);
  if (!parsed.success) throw invalid("event-invalid", describe(parsed.error.issues, "event"));
  const problems: Problem[] = [];
  const names = new Set<string>();
  const connections = parsed.data.connections.map((connection, index) => {
    const { name, allowInsecureHttp = false } = connection;
    const url = parseBaseUrl(connection.baseUrl, { allowInsecureHttp });
    if (!url.ok) problems.push(problem(url.code, ["connections", index, "baseUrl"], url.problem));
    if (names.has(name)) {
      const code = "event-connection-duplicate";
      problems.push(problem(code, ["connections", index, "name"], fill(invocationProblems[code].text, { name })));
    }
    names.add(name);
    return url.ok ? { ...connection, baseUrl: url.baseUrl } : connection;
  });
  if (problems.length > 0) throw invalid("event-invalid", problems);
  return { ...parsed.data, connections };
}

/** zod/mini has no messages of its own. Importing zod's index instead would add all languages to the bundle. */
const texts = { error: en().localeError };

/** Describes problems without repeating given values: they include the heartbeat's URL, and an event can contain anything. */
function describe(issues: readonly Issue[], whole: string): Problem[] {
  return describeIssues(placedAt(whole, issues), undefined, new KnownSecrets([]), () => "is not known");
}

function invalid(code: "environment-invalid" | "event-invalid", problems: readonly Problem[]): Error {
  const { text, remedy } = invocationProblems[code];
  const shown = problems.slice(0, 5).map((one) => one.text);
  const more = problems.length > 5 ? `; and ${problems.length - 5} more` : "";
  return new Error(printed({ code, text: `${fill(text, { problems: shown.join("; ") + more })} ${remedy}` }));
}
