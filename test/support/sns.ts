import { type Answer, type StandIn, startStandIn } from "./aws-stand-in.ts";
import { credentials, isSigned } from "./signed-request.ts";

/** The subscriptions of a topic. */
interface Counts {
  readonly confirmed: number;
  readonly pending: number;
}

/** A stand-in for AWS SNS: it checks each signature and answers `GetTopicAttributes`, by the topic's ARN. */
export interface Sns extends StandIn<Counts> {
  /** The environment of a function that uses this server. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Returns the ARN of a topic with this name. */
export const topicArn = (name: string) => `arn:aws:sns:eu-central-1:123456789012:${name}`;

/** What AWS's messages contain, and what must not be repeated. */
export const innerWords = "User: arn:aws:sts::123456789012:assumed-role/health";

const required = { service: "sns", headers: { "content-type": "application/x-www-form-urlencoded" } } as const;

export async function startSns(): Promise<Sns> {
  const server = await startStandIn<Counts>({
    contentType: "text/xml",
    idIn: (body) => new URLSearchParams(body).get("TopicArn") ?? "",
    missing: { status: 404, error: "NotFound" },
    reply: ({ id, body, request }, answer) => {
      const { Action, Version } = Object.fromEntries(new URLSearchParams(body));
      const isValid = Action === "GetTopicAttributes" && Version === "2010-03-31" && isSigned(request, body, required);
      return replyOf(id, isValid ? answer : { status: 403, error: "SignatureDoesNotMatch" });
    },
  });
  return { ...server, environment: { ...credentials, AWS_ENDPOINT_URL_SNS: server.url } };
}

/** Source: Amazon SNS API reference, `GetTopicAttributes` and 'Common Error Types'; botocore, protocol `query`. */
function replyOf(arn: string, answer: Answer<Counts>): { readonly status: number; readonly body: string } {
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
