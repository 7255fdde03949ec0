import type { Http } from "../../provider/deepseek/http.ts";
import { type AwsReply, callAws, isTransient, type Read } from "./aws-call.ts";
import type { Deadline } from "./deadline.ts";
import { type Counts, isLost, type TopicReading } from "./topic-problems.ts";

/** A topic of the monitor, as the deployment knows it. */
export interface MonitoredTopic {
  readonly arn: string;
  readonly severities: readonly string[];
  /** How many subscriptions it should have. */
  readonly expected: number;
}

/** Counts the subscriptions of a topic, by its ARN. Never throws. */
export type ReadTopic = (arn: string) => Promise<Counts>;

/**
 * Counts subscriptions with `GetTopicAttributes` of AWS SNS.
 *
 * @param environment the variables of `callAws`
 */
export function topicReader(environment: Readonly<Record<string, string | undefined>>, http: Http): ReadTopic {
  return async (arn) => {
    const call = {
      service: "sns",
      region: arn.split(":")[3],
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: `${new URLSearchParams({ Action: "GetTopicAttributes", Version: "2010-03-31", TopicArn: arn })}`,
    } as const;
    const result = await callAws(call, environment, http, readAnswer);
    return result.type === "value" ? result.value : { reason: result.problem };
  };
}

/**
 * Reads an answer of the Query protocol, which is XML: `<entry><key>…</key><value>…</value></entry>` for each attribute, and
 * `<Code>…</Code>` in an error. Values that contain JSON are escaped, so a policy cannot look like a count.
 *
 * Source: Amazon SNS API reference, `GetTopicAttributes`.
 */
function readAnswer(reply: AwsReply): Read<Counts, string> {
  switch (reply.type) {
    case "no-credentials":
      return { type: "problem", problem: "NoCredentials", transient: false };
    case "not-reached":
      return { type: "problem", problem: `NotReached: ${reply.fault}`, transient: true };
    case "answered":
      return readCounts(reply.status, reply.text);
  }
}

function readCounts(status: number, text: string): Read<Counts, string> {
  const [confirmed, pending] = ["Confirmed", "Pending"].map((name) => {
    const form = `<key>Subscriptions${name}</key>\\s*<value>(\\d{1,9})</value>`;
    return Number(new RegExp(form).exec(text)?.[1] ?? Number.NaN);
  }) as [number, number];
  if (status === 200 && confirmed + pending >= 0) return { type: "value", value: { confirmed, pending } };
  const error =
    status === 200 ? "UnexpectedReply" : (/<Code>([A-Za-z.]{1,64})<\/Code>/.exec(text)?.[1] ?? `HTTP${status}`);
  return { type: "problem", problem: error, transient: isTransient(status, error) };
}

/** How long a reading is used, in milliseconds; and if a subscription is lost, so that the alarm clears soon after a repair. */
const LIFETIME_MS = 24 * 60 * 60 * 1_000;
const LIFETIME_OF_LOSS_MS = 30 * 60 * 1_000;

/** The subscriptions of the monitor's topics, as this process last read them. */
export class TopicWatch {
  readonly #read: ReadTopic | undefined;
  #last: readonly TopicReading[] = [];
  #isDueAt = 0;

  /** @param read absent: no topic is read */
  constructor(read: ReadTopic | undefined) {
    this.#read = read;
  }

  /** Returns the last reading. */
  get last(): readonly TopicReading[] {
    return this.#last;
  }

  /** Reads the topics again if that is due. Resolves to the new readings, or to none if the last ones are still used. */
  async refresh(
    topics: readonly MonitoredTopic[],
    deadline: Deadline,
    now: number,
    isDue = now >= this.#isDueAt,
  ): Promise<readonly TopicReading[]> {
    const read = this.#read;
    if (read === undefined || !isDue) return [];
    this.#last = await Promise.all(
      topics.map(async ({ arn, severities, expected }) => {
        const counts = await deadline.within<Counts>(read(arn), () => ({ reason: "NotReached: timeout" }));
        return { topic: severities.join(" and "), expected, ...counts };
      }),
    );
    this.#isDueAt = now + (this.#last.some(isLost) ? LIFETIME_OF_LOSS_MS : LIFETIME_MS);
    return this.#last;
  }
}
