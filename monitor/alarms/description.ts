import type { AlarmKind } from "./catalog.ts";
import { alarmTexts, runbookAnchor } from "./catalog.ts";

/** CloudWatch's longest description of an alarm, in characters. Source: PutMetricAlarm, `AlarmDescription`. */
const MAX_DESCRIPTION = 1_024;

/** Longest line about the subject: a displayed name may have 100 characters. */
const MAX_SUBJECT_LINE = 200;

/** What an alarm's description needs besides the alarm's own texts. */
export interface DescriptionContext {
  /** Whom or what it is about, one line: "Connection prod (our production)". */
  readonly subject: string;
  readonly runbookUrl: string;
  readonly dashboardUrl: string | undefined;
  readonly logQueriesUrl: string;
  readonly queryName: string;
}

/**
 * What the person on call reads: what is wrong, the likely cause, the next step, how to check by hand, and where to look.
 * What is too long is cut from the end of the texts and never from a link; the runbook has all of it.
 */
export function describeAlarm(kind: AlarmKind, context: DescriptionContext): string {
  const { wrong, cause, nextStep, check } = alarmTexts[kind];
  const links = linksOf(kind, context);
  const text = [
    cut(context.subject, MAX_SUBJECT_LINE),
    wrong,
    `Likely cause: ${cause}`,
    `Next step: ${nextStep}`,
    `Check: ${check}`,
  ].join("\n");
  return `${cut(text, MAX_DESCRIPTION - links.length - 1)}\n${links}`;
}

/** The links, as many as fit: the runbook's first. A link that is cut leads nowhere, so it is left out as a whole. */
function linksOf(kind: AlarmKind, context: DescriptionContext): string {
  const runbook = context.runbookUrl.includes("#")
    ? context.runbookUrl
    : `${context.runbookUrl}#${runbookAnchor(kind)}`;
  const lines = [`Runbook: ${runbook}`];
  if (context.dashboardUrl !== undefined) lines.push(`Dashboard: ${context.dashboardUrl}`);
  lines.push(`Log query ${context.queryName}: ${context.logQueriesUrl}`);
  return lines.join("\n");
}

function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1).replace(/\p{Cs}$/u, "")}…`;
}
