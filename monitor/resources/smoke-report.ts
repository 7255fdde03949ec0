import type * as lambda from "@pulumi/aws/lambda";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { printed } from "../../provider/core/message-text.ts";
import { describePath } from "../../provider/core/problems.ts";
import { parseJson } from "../../provider/deepseek/document.ts";
import { KnownSecrets } from "../../provider/deepseek/redact.ts";
import { alarmDefinitions } from "../alarms/catalog.ts";
import { type UnreachableAlarm, unreachableAlarms } from "../alarms/unreachable.ts";
import { message } from "../argument-messages.ts";
import type { AlarmsArgs } from "../arguments.ts";
import { type MetricName, metricNames } from "../metrics.ts";

/**
 * Reports the alarms that cannot fire, from what the smoke invocations returned: a warning for each alarm that the user has
 * set, and one line of information for the others.
 */
export function reportUnreachableAlarms(
  parent: pulumi.Resource,
  monitor: string,
  alarms: AlarmsArgs,
  smoke: readonly lambda.Invocation[],
): void {
  pulumi.all(smoke.map(({ result }) => result)).apply(async (results) => {
    const all = Object.assign({}, ...results.map(learnableIn));
    const unreachable = unreachableAlarms(all, alarms);
    for (const one of unreachable.filter(({ isConfigured }) => isConfigured)) {
      await pulumi.log.warn(`DeepSeekMonitor '${monitor}': ${warningAbout(one)}`, parent);
    }
    const others = unreachable.filter(({ isConfigured }) => !isConfigured);
    if (others.length > 0) await pulumi.log.info(`DeepSeekMonitor '${monitor}': ${informationAbout(others)}`, parent);
  });
}

function warningAbout({ kind, connections, reason }: UnreachableAlarm): string {
  const code = "alarm-cannot-fire";
  const text = message(code, { connections: listed(connections), reason });
  return printed({ code, text: `${describePath(["alarms", kind], new KnownSecrets([]))}: ${text}.` });
}

function informationAbout(unreachable: readonly UnreachableAlarm[]): string {
  const each = unreachable.map(
    ({ kind, connections, reason }) => `${alarmDefinitions[kind].title} (${listed(connections)}: ${reason})`,
  );
  return `These default alarms cannot fire at present: ${each.join("; ")}.`;
}

/** Most names in one message. */
const MAX_NAMES = 5;

function listed(names: readonly string[]): string {
  const more = names.length - MAX_NAMES;
  return names.slice(0, MAX_NAMES).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

const summary = z.object({
  learnable: z.record(
    z.string(),
    z.object({
      never: z.array(z.enum(metricNames as readonly [MetricName, ...MetricName[]])),
      currencies: z.array(z.string()).optional(),
    }),
  ),
});

/** Returns what a smoke invocation reported about its connections; nothing if another version of the function answered. */
function learnableIn(result: unknown): z.output<typeof summary>["learnable"] {
  return summary.safeParse(typeof result === "string" ? parseJson(result) : undefined).data?.learnable ?? {};
}
