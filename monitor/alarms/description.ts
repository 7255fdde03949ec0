import type { Severity } from "../arguments.ts";
import type { AlarmKind } from "./catalog.ts";
import { alarmTexts, runbookAnchor } from "./texts.ts";

/** Maximum length of an alarm's description, in characters. Source: PutMetricAlarm, `AlarmDescription`. */
const MAX_DESCRIPTION = 1_024;

/** Maximum length of the subject and of the line below it, in characters: a display name may have 100. */
const MAX_LINE = 160;

/** What the descriptions of all alarms of a monitor contain. */
export interface DescriptionLinks {
  readonly runbookUrl: string;
  readonly dashboardUrl: string | undefined;
  /** Opens the query for the latest failures, with its log group. */
  readonly failuresUrl: string;
  /** The name of the saved query, which has the same failures. */
  readonly queryName: string;
}

/** What an alarm's description contains besides the alarm's own texts. */
export interface DescriptionContext extends DescriptionLinks {
  /** What the alarm is about, in one line: "Connection prod (our production)". */
  readonly subject: string;
  readonly severity: Severity;
  /** The stack that deploys the monitor, with its project. */
  readonly stack: string;
  /** The base URLs of the connections concerned, as in alarm names. Empty if the subject is a base URL. */
  readonly baseUrls: readonly string[];
  /** The models of the connections concerned, if they are set. */
  readonly models: readonly string[];
}

/** The parts of a description that can be left out if it is too long. */
interface Optional {
  readonly hasDashboard: boolean;
  readonly hasCause: boolean;
  /** Otherwise the saved query is named. */
  readonly hasFailuresUrl: boolean;
}

/** From the longest description to the shortest but one. What to do and how to check are kept in each. */
const variants: readonly Optional[] = [
  { hasDashboard: true, hasCause: true, hasFailuresUrl: true },
  { hasDashboard: false, hasCause: true, hasFailuresUrl: true },
  { hasDashboard: false, hasCause: false, hasFailuresUrl: true },
];
const shortest: Optional = { hasDashboard: false, hasCause: false, hasFailuresUrl: false };

/**
 * Returns what the person on call reads: who is alerted about what, what is wrong, the likely cause, the next step, how to check
 * by hand, and links. CloudWatch sends the same text with an alarm and with its recovery, so it must be true in both. If it is
 * too long, it loses the link to the dashboard first; the runbook contains everything.
 */
export function describeAlarm(kind: AlarmKind, context: DescriptionContext): string {
  const texts = variants.map((variant) => textOf(kind, context, variant));
  const fitting = texts.find((text) => text.length <= MAX_DESCRIPTION);
  return fitting ?? cut(textOf(kind, context, shortest), MAX_DESCRIPTION);
}

function textOf(kind: AlarmKind, context: DescriptionContext, optional: Optional): string {
  const { wrong, cause, nextStep, check } = alarmTexts[kind];
  const runbook = context.runbookUrl.includes("#")
    ? context.runbookUrl
    : `${context.runbookUrl}#${runbookAnchor(kind)}`;
  const dashboard = optional.hasDashboard ? context.dashboardUrl : undefined;
  return [
    cut(context.subject, MAX_LINE),
    cut(factsOf(context), MAX_LINE),
    "While in ALARM (OK: nothing to do):",
    wrong,
    ...(optional.hasCause ? [`Likely cause: ${cause}`] : []),
    `Next step: ${nextStep}`,
    `Check: ${check}`,
    `Runbook: ${runbook}`,
    `Failures: ${optional.hasFailuresUrl ? context.failuresUrl : `saved query ${context.queryName} in CloudWatch Logs Insights`}`,
    ...(dashboard === undefined ? [] : [`Dashboard: ${dashboard}`]),
  ].join("\n");
}

/** Severity, stack, base URL and model in one line. */
function factsOf({ severity, stack, baseUrls, models }: DescriptionContext): string {
  return [
    `Severity ${severity}`,
    `stack ${stack}`,
    ...several(baseUrls, "base URLs"),
    ...several(models, "models").map((model) => (models.length > 1 ? model : `model ${model}`)),
  ].join(", ");
}

/** The value, if it is the only one, or their number. */
function several(values: readonly string[], noun: string): readonly string[] {
  const [first] = values;
  if (first === undefined) return [];
  return [values.length === 1 ? first : `${values.length} ${noun}`];
}

function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1).replace(/\p{Cs}$/u, "")}…`;
}
