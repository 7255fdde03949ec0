import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { credentials, isSigned } from "./signed-request.ts";

/** The answer for a topic: its counts, an error of AWS, or any other bytes. */
type Stored =
  | { readonly confirmed: number; readonly pending: number }
  | { readonly status: number; readonly error: string }
  | { readonly status: number; readonly body: string }
  | "silence"
  | "reset";

/** A stand-in for AWS SNS on loopback: it checks each signature and answers `GetTopicAttributes`. */
export interface Sns extends AsyncDisposable {
  readonly url: string;
  /** The environment of a function that uses this server. */
  readonly environment: Readonly<Record<string, string>>;
  /** Sets the answers for a topic. Several answers are given one after another, and the last one is repeated. */
  put(arn: string, ...answers: readonly [Stored, ...Stored[]]): void;
  /** The requested ARNs, in order. */
  readonly asked: readonly string[];
}

/** Returns the ARN of a topic with this name. */
export const topicArn = (name: string) => `arn:aws:sns:eu-central-1:123456789012:${name}`;

/** What AWS's messages contain, and what must not be repeated. */
export const innerWords = "User: arn:aws:sts::123456789012:assumed-role/health";

const required = { service: "sns", headers: { "content-type": "application/x-www-form-urlencoded" } } as const;

export async function startSns(): Promise<Sns> {
  const topics = new Map<string, Stored[]>();
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const { Action, Version, TopicArn = "" } = Object.fromEntries(new URLSearchParams(body));
    asked.push(TopicArn);
    const answers = topics.get(TopicArn) ?? [{ status: 404, error: "NotFound" }];
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer === undefined || answer === "silence") return;
    if (answer === "reset") return void request.socket.resetAndDestroy();
    const isValid = Action === "GetTopicAttributes" && Version === "2010-03-31" && isSigned(request, body, required);
    const reply = replyOf(TopicArn, isValid ? answer : { status: 403, error: "SignatureDoesNotMatch" });
    response.writeHead(reply.status, { "content-type": "text/xml" }).end(reply.body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    environment: { ...credentials, AWS_ENDPOINT_URL_SNS: url },
    put: (arn, ...answers) => void topics.set(arn, [...answers]),
    asked,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Source: Amazon SNS API reference, `GetTopicAttributes` and 'Common Error Types'; botocore, protocol `query`. */
function replyOf(arn: string, answer: Exclude<Stored, string>): { readonly status: number; readonly body: string } {
  if ("body" in answer) return answer;
  if ("error" in answer) {
    const error = `<Type>Sender</Type><Code>${answer.error}</Code><Message>${innerWords}</Message>`;
    return { status: answer.status, body: `<ErrorResponse xmlns="${xmlns}">\n<Error>${error}</Error></ErrorResponse>` };
  }
  const attributes = {
    Policy: "{&quot;Sid&quot;:&quot;&lt;key&gt;SubscriptionsConfirmed&lt;/key&gt;&lt;value&gt;99&lt;/value&gt;&quot;}",
    Owner: "123456789012",
    SubscriptionsPending: answer.pending,
    TopicArn: arn,
    SubscriptionsConfirmed: answer.confirmed,
    SubscriptionsDeleted: 7,
  };
  const entries = Object.entries(attributes).map(
    ([name, value]) => `      <entry>\n        <key>${name}</key>\n        <value>${value}</value>\n      </entry>`,
  );
  const result = `<GetTopicAttributesResult><Attributes>\n${entries.join("\n")}\n</Attributes></GetTopicAttributesResult>`;
  return { status: 200, body: `<GetTopicAttributesResponse xmlns="${xmlns}">${result}</GetTopicAttributesResponse>` };
}

const xmlns = "http://sns.amazonaws.com/doc/2010-03-31/";
