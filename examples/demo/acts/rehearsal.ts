import { check } from "../claims.ts";
import { say, showCommand, showOutput, verified } from "../narration.ts";

/**
 * Rehearses the monitor without AWS: its real function probes the sandbox minute by minute on a simulated clock, and
 * its real alarms are evaluated by CloudWatch's documented rules.
 */
export async function rehearseRevocation(): Promise<void> {
  say(
    "A key can also be revoked long after it was deployed. A DeepSeekMonitor (examples/monitored) probes it once a minute and alerts the person on call. Here you see a rehearsal without AWS: the monitor's real function probes the sandbox on a simulated clock, and its real alarms are evaluated by CloudWatch's rules:",
  );
  const { rehearse, renderText } = await import("../../../dist/monitor/rehearsal/index.js");
  showCommand("npx pulumi-deepseek rehearse key-revoked");
  const timeline = await rehearse("key-revoked");
  const told = renderText(timeline);
  showOutput(told.trimEnd());

  const [first, ...more] = timeline.messages;
  check("There are two messages: one alert, and one at its end.", more.length === 1, told);
  check("The first message is the alert 'key rejected'.", first?.kind === "keyRejected" && first.to === "ALARM", told);
  check("The second reports its end.", more[0]?.kind === "keyRejected" && more[0].from === "ALARM", told);
  const minutes = first?.minutesAfterCause;
  check("The alert comes within five minutes.", minutes !== undefined && minutes <= 5, told);
  verified(`The person on call is alerted ${minutes} minutes after the revocation, once, and again when it is over.`);
}
