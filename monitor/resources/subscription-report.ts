import * as lambda from "@pulumi/aws/lambda";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { printed } from "../../provider/core/message-text.ts";
import { parseJson } from "../../provider/deepseek/document.ts";
import type { MonitorEvent } from "../lambda/invocation.ts";
import { problemsOf, type TopicProblem, type TopicReading } from "../lambda/topic-problems.ts";
import type { MonitoredTopic } from "../lambda/topics.ts";

interface ReportOptions {
  readonly functionName: pulumi.Output<string>;
  readonly watched: pulumi.Output<readonly MonitoredTopic[]>;
  readonly ownTopicArn: pulumi.Output<string> | undefined;
  /**
   * Known once the function was invoked successfully, and as late as possible, because the user's program may create subscriptions at
   * the same time.
   */
  readonly after: pulumi.Output<unknown>;
}

/**
 * Warns at each deployment about lost and pending subscriptions, which the function counts. A smoke invocation cannot report them:
 * its result stays in the state until the function changes.
 *
 * A failure never fails the deployment.
 */
export function reportSubscriptions(parent: pulumi.Resource, monitor: string, options: ReportOptions): void {
  // A preview invokes nothing.
  if (pulumi.runtime.isDryRun()) return;
  const { functionName, watched, ownTopicArn, after } = options;
  pulumi.all([functionName, watched, ownTopicArn, after]).apply(async ([name, topics, ownArn]) => {
    const readings = await readingsOf(parent, name);
    for (const [index, reading] of readings.entries()) {
      const isOwn = topics[index]?.arn === ownArn;
      for (const { code, text, remedy } of problemsOf(reading).filter((one) => !isReportedElsewhere(one, isOwn))) {
        await pulumi.log.warn(`DeepSeekMonitor '${monitor}': ${printed({ code, text: `${text} ${remedy}` })}`, parent);
      }
    }
  });
}

/** The deployment itself names each address that is not confirmed. */
function isReportedElsewhere({ code }: TopicProblem, isOwn: boolean): boolean {
  return isOwn && code === "subscription-pending";
}

async function readingsOf(parent: pulumi.Resource, functionName: string): Promise<readonly TopicReading[]> {
  const event: MonitorEvent = { shard: "0", topics: true };
  try {
    const { result } = await lambda.getInvocation({ functionName, input: JSON.stringify(event) }, { parent });
    return answer.safeParse(parseJson(result)).data?.topics ?? [];
  } catch {
    // Another version of the function, or no permission. The function's log has the same report.
    await pulumi.log.info(
      "The subscriptions of the monitor's topics were not counted: the function did not answer.",
      parent,
    );
    return [];
  }
}

const common = { topic: z.string(), expected: z.number() };
const answer = z.object({
  topics: z.array(
    z.union([
      z.object({ ...common, confirmed: z.number(), pending: z.number() }),
      z.object({ ...common, reason: z.string() }),
    ]),
  ),
});
