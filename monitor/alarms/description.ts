import type { AlarmKind } from "./catalog.ts";
import { alarmTexts, runbookAnchor } from "./catalog.ts";

/** Maximum length of an alarm's description, in characters. Source: PutMetricAlarm, `AlarmDescription`. */
const MAX_DESCRIPTION = 1_024;

/** Maximum length of the subject line, in characters: a display name may have 100. */
const MAX_SUBJECT_LINE = 200;

/** What an alarm's description contains besides the alarm's own texts. */
export interface DescriptionContext {
  /** What the alarm is about, in one line: "Connection prod (our production)". */
  readonly subject: string;
  readonly runbookUrl: string;
  readonly dashboardUrl: string | undefined;
  readonly logQueriesUrl: string;
  readonly queryName: string;
}

/**
 * Returns what the person on call reads: what is wrong, the likely cause, the next step, how to check by hand, and links.
 * If this is too long, the end of the texts is cut and the links stay whole; the runbook contains everything.
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

/** The links, one a line: runbook, dashboard, saved log query. */
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
