import { Severity } from "../arguments.ts";
import { Detail } from "../metrics.ts";
import type { Message, Timeline } from "./timeline.ts";

/** Maximum length of a line, in characters. */
const WIDTH = 120;

/** Column at which the third column of the timeline begins. */
const INDENT = 18;

/**
 * Renders a rehearsal's timeline as plain text: which alerts are sent in which minute, and which alarms send none.
 *
 * @param timeline what `rehearse` returned
 */
export function renderText(timeline: Timeline): string {
  return [
    ...wrap(`Rehearsal of '${timeline.scenario}': ${timeline.description}`),
    ...wrap(conditions(timeline)),
    "",
    "MINUTE  ALERT",
    ...rows(timeline),
    "",
    ...wrap(verdict(timeline.messages)),
    ...wrap(silence(timeline)),
    ...wrap(`Assumptions: ${timeline.assumptions.join(" ")} The pauses before retries are skipped.`),
    "",
  ].join("\n");
}

function conditions({ connections, detail, intervalMinutes, minutes, runs, settings }: Timeline): string {
  const failed = runs.failed === 0 ? "" : ` (${runs.failed} ended in an error)`;
  const fleet = detail === Detail.Fleet ? " in fleet detail" : "";
  const own = Object.entries(settings).map(([kind, setting]) => `${kind} ${JSON.stringify(setting)}`);
  return (
    `${count(connections, "connection")}${fleet}, probed every ${intervalMinutes === 1 ? "minute" : `${intervalMinutes} minutes`}; ` +
    `${count(minutes, "minute")}, ${count(runs.made, "run")}${failed}.` +
    (own.length === 0 ? "" : ` Alarms that differ from the defaults: ${own.join(", ")}.`)
  );
}

function rows({ happenings, messages }: Timeline): readonly string[] {
  const all = [
    ...happenings.map(({ minute, what }) => ({ minute, lines: entry(minute, "·", what) })),
    ...messages.map((message) => ({ minute: message.minute, lines: alert(message) })),
  ];
  // The sort is stable: what happens in a minute comes before the alerts of that minute.
  return all.toSorted((a, b) => a.minute - b.minute).flatMap(({ lines }) => lines);
}

function alert({ minute, severity, to, alarm, text, minutesAfterCause }: Message): readonly string[] {
  const after = minutesAfterCause === undefined ? "" : ` (${count(minutesAfterCause, "minute")} after the cause)`;
  if (to === "ALARM") return [...entry(minute, severity, `ALARM  ${alarm}${after}`), ...wrap(text, INDENT + 7)];
  return entry(minute, severity, `OK     ${alarm}`);
}

function entry(minute: number, who: string, what: string): readonly string[] {
  const [first = "", ...more] = wrap(what, INDENT);
  return [`${String(minute).padStart(6)}  ${who.padEnd(INDENT - 8)}${first.trimStart()}`, ...more];
}

function verdict(messages: readonly Message[]): string {
  if (messages.length === 0) return "No alerts are sent.";
  const alarms = messages.filter(({ to }) => to === "ALARM");
  const pages = alarms.filter(({ severity }) => severity === Severity.Page).length;
  const recoveries = messages.length - alarms.length;
  return `Alerts: ${count(pages, "page")}, ${count(alarms.length - pages, "ticket")}, ${count(recoveries, "recovery", "recoveries")}.`;
}

/** The alarms that sent no alert, by title. */
function silence({ alarms, messages }: Timeline): string {
  const sending = new Set(messages.map(({ alarm }) => alarm));
  const counts = new Map<string, number>();
  for (const { name, definition } of alarms) {
    if (!sending.has(name)) counts.set(definition.title, (counts.get(definition.title) ?? 0) + 1);
  }
  const titles = [...counts].map(([title, times]) => (times === 1 ? title : `${title} (${times} alarms)`));
  return titles.length === 0 ? "Every alarm sent an alert." : `No alerts from: ${titles.join(", ")}.`;
}

function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`;
}

/** Breaks a text between words and indents each line by `indent` spaces. */
function wrap(text: string, indent = 0): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > WIDTH) lines.push(`${" ".repeat(indent)}${word}`);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
