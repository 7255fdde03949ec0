import { check } from "../claims.ts";
import { say, showCommand, showOutput, verified } from "../narration.ts";

/**
 * The monitor's part, without AWS: its real function probes the sandbox minute by minute on a simulated clock, and its
 * real alarms are evaluated by CloudWatch's documented rules.
 */
export async function rehearseRevocation(): Promise<void> {
  say(
    "A key can also die long after it was deployed. A DeepSeekMonitor (examples/monitored) probes it once a minute and tells the person on call. What that looks like is rehearsed here without AWS: its real function asks the sandbox, on a simulated clock, and its real alarms are evaluated by CloudWatch's rules:",
  );
  const { rehearse, renderText } = await import("../../../dist/monitor/rehearsal/index.js");
  showCommand("npx pulumi-deepseek rehearse key-revoked");
  const timeline = await rehearse("key-revoked");
  const told = renderText(timeline);
  showOutput(told.trimEnd());

  const [first, ...more] = timeline.messages;
  check("Exactly one alarm tells of the revoked key, and of its end.", more.length === 1, told);
  check("The first message is that of the rejected key.", first?.kind === "keyRejected" && first.to === "ALARM", told);
  check("The second says that it is over.", more[0]?.kind === "keyRejected" && more[0].from === "ALARM", told);
  const minutes = first?.minutesAfterCause;
  check("It comes within five minutes.", minutes !== undefined && minutes <= 5, told);
  verified(`The person on call is told of the revoked key after ${minutes} minutes, once, and when it is over.`);
}
