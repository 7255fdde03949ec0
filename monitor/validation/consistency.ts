import { type AlarmDefinition, alarmDefinitions, alarmKinds } from "../alarms/definitions.ts";
import { Detail } from "../metrics.ts";
import { CONNECTION_NAME } from "../names.ts";
import { place } from "./problems.ts";
import type { MonitorSettings } from "./settings.ts";

/** What is wrong with the connections' names, which stand in metrics, alarms, secrets and logs. */
export function nameProblems(names: readonly string[], keys: readonly string[]): string[] {
  if (names.length === 0) return ["connections: there is none: name at least one, such as { prod: connection }"];
  const twins = [...new Set(names.map((name) => name.toLowerCase()))]
    .map((spelling) => names.filter((name) => name.toLowerCase() === spelling))
    .filter((group) => group.length > 1);
  return [
    ...names
      .filter((name) => !CONNECTION_NAME.test(name))
      .map((name) => `${place(["connections", name], keys)}: its name must be 1 to 32 characters of A–Z a–z 0–9 _ . -`),
    // They would be two things to AWS and one to whoever reads an alert.
    ...twins.map((group) => {
      const places = group.map((name) => place(["connections", name], keys)).join(", ");
      return `${places}: are one name but for upper and lower case: give each its own`;
    }),
  ];
}

/** What is wrong with the alarms together. */
export function alarmProblems({ alarms, detail }: Pick<MonitorSettings, "alarms" | "detail">): string[] {
  return alarmKinds.flatMap((kind) => {
    const definition: AlarmDefinition = alarmDefinitions[kind];
    const enabled = alarms[kind]?.enabled ?? definition.byDefault;
    if (!enabled) {
      const { threshold, severity, enabled: given } = alarms[kind] ?? {};
      const isIdle = given === undefined && (threshold !== undefined || severity !== undefined);
      return isIdle ? [`alarms.${kind}: is off unless it has enabled: true`] : [];
    }
    if (definition.statistic === "Range" && detail === Detail.Fleet) {
      return [
        `alarms.${kind}: has no meaning in fleet detail, where the balances of many accounts share a gauge. Leave it out, or set detail to '${Detail.Connection}'`,
      ];
    }
    if ((alarms[kind]?.threshold ?? definition.threshold) !== undefined) return [];
    return [`alarms.${kind}.threshold: is missing: only you know the limit, in balanceCurrency`];
  });
}

/** What is wrong with whom to tell. */
export function notifyProblems({ emails, page, ticket }: MonitorSettings): string[] {
  if (emails.length === 0 || page === undefined || ticket === undefined) return [];
  return [
    "notify.emails: nobody would be told: with topics of your own for page and for ticket the monitor makes none. Subscribe the addresses to your topics, or leave one of the topics out",
  ];
}
