import * as z from "zod/mini";
import { fill, type MessageText, printed } from "../../provider/core/message-text.ts";
import { describeIssues, type Issue, type Problem, placedAt, problem } from "../../provider/core/problems.ts";
import { parseJson } from "../../provider/deepseek/document.ts";
import { KnownSecrets } from "../../provider/deepseek/redact.ts";
import { Detail, type MetricName, metricNames } from "../metrics.ts";

/**
 * The event that a schedule sends to the function: it names a shard, and nothing that decides where a key goes. Whoever may
 * invoke the function can send any event, so connections and addresses come from the shard's secret alone.
 */
const monitorEvent = z.strictObject({
  /** The shard's name: "0", "1", … */
  shard: z.string().check(z.regex(/^(0|[1-9]\d{0,3})$/)),
  /**
   * Present if a deployment invokes the function. Then the run throws if a secret cannot be read, so that a broken function
   * fails the deployment. It waits for a new role's permissions first. The value belongs to Pulumi and is not read.
   */
  smoke: z.optional(z.unknown()),
  /** Present if a deployment asks for the subscriptions of the monitor's topics. Then the function probes nothing. */
  topics: z.optional(z.boolean()),
});

export type MonitorEvent = z.output<typeof monitorEvent>;

const list = z.pipe(
  z.string(),
  z.transform((text) => text.split(",").filter((name) => name !== "")),
);

const count = z.pipe(
  z.string().check(z.regex(/^[1-9]\d{0,3}$/)),
  z.transform((text) => Number(text)),
);

/**
 * The function's environment variables, which only the deployment writes. None of them contains a key. Lambda allows 4 kB in
 * total.
 */
const monitorEnvironment = z.object({
  /** The monitor's name in the account: the dimension `Monitor`, and the first part of its secrets' names. */
  MONITOR_NAME: z.string().check(z.minLength(1)),
  /**
   * How many shards there are. The function reads the secrets of no other: somebody else could create a secret with the name
   * that the next shard would have.
   */
  MONITOR_SHARDS: count,
  /** `chat`: each probe ends with the test call. `models`: a probe makes only the free calls. */
  MONITOR_TEST_CALL: z.enum(["chat", "models"]),
  MONITOR_DETAIL: z.enum(Detail),
  /** The optional gauges that an alarm or the dashboard reads, separated by commas. */
  MONITOR_GAUGES: z.pipe(list, z.array(z.enum(metricNames as readonly [MetricName, ...MetricName[]]))),
  /** The suffix of AWS's hosts in the function's partition. */
  MONITOR_DNS_SUFFIX: z.optional(z.string().check(z.regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/))),
  /** The limits of *low balance* by currency, as JSON. Absent: the gauge `BalanceLow` is not written. */
  MONITOR_LOW_BALANCE: z.optional(
    z.pipe(z.pipe(z.string(), z.transform(parseJson)), z.record(z.string(), z.number().check(z.positive()))),
  ),
  /** The topics to which the alarms publish, as JSON. */
  MONITOR_TOPICS: z.optional(
    z.pipe(
      z.pipe(z.string(), z.transform(parseJson)),
      // The region in an ARN becomes a part of the host that is called.
      z.array(
        z.object({
          arn: z.string().check(z.regex(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:./)),
          severities: z.array(z.string()),
          expected: z.number(),
        }),
      ),
    ),
  ),
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
  "event-shard-unknown": { text: "the monitor has no such shard; it has ‹count›" },
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
 * @param shards how many shards the monitor has
 * @throws Error that names each field that is wrong, without its value
 */
export function readEvent(event: unknown, shards: number): MonitorEvent {
  const parsed = monitorEvent.safeParse(event, texts);
  if (!parsed.success) throw invalid("event-invalid", describe(parsed.error.issues, "event"));
  if (Number(parsed.data.shard) < shards) return parsed.data;
  const code = "event-shard-unknown";
  throw invalid("event-invalid", [problem(code, ["shard"], fill(invocationProblems[code].text, { count: shards }))]);
}

/** zod/mini has no messages of its own. Its English ones are 3 kB, and only the deployment writes what is parsed here. */
export const texts = {
  error: ({ input, expected }: { readonly input?: unknown; readonly expected?: unknown }) => {
    if (input === undefined) return "is missing";
    return typeof expected === "string" ? `must be of the type ${expected}` : "has an invalid value";
  },
};

/** Describes problems without repeating given values: secrets are among them, and an event can contain anything. */
export function describe(issues: readonly Issue[], whole: string): Problem[] {
  return describeIssues(placedAt(whole, issues), undefined, new KnownSecrets([]), () => "is not known");
}

/** The first problems as a part of a sentence, and how many more there are. */
export function firstOf(problems: readonly Problem[]): string {
  const shown = problems.slice(0, 5).map(({ text }) => text);
  return shown.join("; ") + (problems.length > 5 ? `; and ${problems.length - 5} more` : "");
}

function invalid(code: "environment-invalid" | "event-invalid", problems: readonly Problem[]): Error {
  const { text, remedy } = invocationProblems[code];
  return new Error(printed({ code, text: `${fill(text, { problems: firstOf(problems) })} ${remedy}` }));
}
