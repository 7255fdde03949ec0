import { fill, type MessageText } from "../../provider/core/message-text.ts";

/** The messages about the subscriptions of a topic, by code. The function logs them, and the deployment prints them. */
export const topicProblems = {
  "subscription-lost": {
    text:
      "The topic for ‹topic› has lost subscriptions: ‹expected› expected, ‹confirmed› confirmed, ‹pending› pending. Somebody, or a " +
      "mail scanner, followed an unsubscribe link, or nobody confirmed in time.",
    remedy: "Run 'pulumi up --refresh', or subscribe again, and confirm.",
  },
  "subscription-pending": {
    text: "The topic for ‹topic› has ‹pending› pending subscriptions, which receive no alerts.",
    remedy: "Open the link in AWS's email 'Subscription Confirmation'.",
  },
  "topic-unreadable": {
    text: "The subscriptions of the topic for ‹topic› cannot be counted (‹reason›).",
    remedy: "Allow the function's role sns:GetTopicAttributes, and check its network access to AWS SNS.",
  },
} as const satisfies Readonly<Record<string, MessageText>>;

/** How many subscriptions a topic has, or why that is not known. */
export type Counts =
  | { readonly confirmed: number; readonly pending: number }
  /** AWS's name of the error, or one of our own. */
  | { readonly reason: string };

/** The counts of one of the monitor's topics. */
export type TopicReading = Counts & {
  /** Its severities, such as `page` or `page and ticket`. */
  readonly topic: string;
  readonly expected: number;
};

/** Whether a subscription is lost. A pending one is not: it is confirmed soon, or SNS deletes it. `undefined` if it is not known. */
export function isLost(reading: TopicReading): boolean | undefined {
  return "reason" in reading ? undefined : reading.confirmed + reading.pending < reading.expected;
}

export interface TopicProblem {
  readonly code: keyof typeof topicProblems;
  readonly text: string;
  readonly remedy: string;
}

/** Returns what is wrong with a topic's subscriptions. */
export function problemsOf(reading: TopicReading): readonly TopicProblem[] {
  const found: Readonly<Record<TopicProblem["code"], boolean>> = {
    "topic-unreadable": "reason" in reading,
    "subscription-lost": isLost(reading) === true,
    "subscription-pending": "pending" in reading && reading.pending > 0,
  };
  return (Object.keys(found) as TopicProblem["code"][])
    .filter((code) => found[code])
    .map((code) => {
      const { text, remedy }: { readonly text: string; readonly remedy: string } = topicProblems[code];
      return { code, text: fill(text, reading), remedy };
    });
}
