import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  type AlarmDefinition,
  type AlarmKind,
  alarmDefinitions,
  alarmKinds,
  isOnTopic,
} from "../../../monitor/alarms/catalog.ts";
import { effectiveAlarms } from "../../../monitor/alarms/plan.ts";
import { runbookAnchor } from "../../../monitor/alarms/texts.ts";
import { metrics } from "../../../monitor/metrics.ts";
import { alarmName, queryName, shardSecretName, shardSubject } from "../../../monitor/names.ts";
import { SimulatedAlarm } from "../../../monitor/rehearsal/cloudwatch.ts";
import { rehearse, scenarioNames } from "../../../monitor/rehearsal/index.ts";
import { MetricStore } from "../../../monitor/rehearsal/metric-store.ts";
import { keyPolicy, topicPolicy } from "../../../monitor/resources/iam.ts";
import { alertFilter } from "../../../monitor/resources/notifications.ts";
import { RUNBOOK_URL } from "../../../monitor/schema.ts";
import { anchorsOf } from "../../support/markdown.ts";

const runbook = readFileSync(new URL("../../../monitor/RUNBOOK.md", import.meta.url), "utf8");

/** The text under each heading, by the heading. */
const sections = new Map(
  runbook
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const end = section.indexOf("\n");
      return [section.slice(0, end), section.slice(end)];
    }),
);

/** The anchors of those headings. */
const anchors = anchorsOf([...sections.keys()].map((heading) => `## ${heading}`).join("\n"));

/** The text of a section in one line. */
function textOf(kind: AlarmKind): string {
  return (sections.get(alarmDefinitions[kind].title) ?? "").replaceAll(/\s+/g, " ");
}

function blocks(language: string): readonly string[] {
  return [...runbook.matchAll(new RegExp(`^ *\`\`\`${language}\\n([^]*?)\`\`\``, "gm"))].map(([, code]) => code ?? "");
}

const shell = blocks("sh");

const plural = (count: number) => (count === 1 ? "period" : "periods");

/** The condition of an alarm, as the runbook writes it. */
function condition(alarm: AlarmDefinition): string {
  const sign = { GreaterThanOrEqualToThreshold: "≥", GreaterThanThreshold: ">", LessThanThreshold: "<" };
  const statistic = alarm.statistic === "Range" ? "Maximum − Minimum" : alarm.statistic;
  const below = alarm.below === undefined ? "" : ` and < ${alarm.below}`;
  const limit = `${statistic} ${sign[alarm.comparison]} ${alarm.threshold ?? "your limit"}${below}`;
  const { datapointsToAlarm: m, evaluationPeriods: n, period } = alarm;
  return `**Condition.** \`${alarm.metric}\`: ${limit} in ${m} of ${n} ${plural(n)} of ${period} s.`;
}

/** When it clears: as soon as fewer than M of the last N periods breach. */
function clearing({ datapointsToAlarm: m, evaluationPeriods: n }: AlarmDefinition): string {
  const good = n - m + 1;
  return `**Clears** after ${good} ${plural(good)} without a breach${good === 1 ? "" : ` among the last ${n}`}`;
}

/** The cells of the row of an alarm in the runbook's table. */
function rowOf(kind: AlarmKind): readonly string[] {
  const row = runbook.split("\n").find((line) => line.startsWith(`| [${alarmDefinitions[kind].title}](`));
  return (row ?? "")
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}

describe("the runbook", () => {
  it("has a section for each alarm, under its title, in the alarms' order", () => {
    const titles = alarmKinds.map((kind) => alarmDefinitions[kind].title);
    expect([...sections.keys()].filter((heading) => titles.some((title) => title === heading))).toEqual(titles);
  });

  it("has the anchors that alarms link to, each of them once", () => {
    expect(anchors).toEqual([...new Set(anchors)]);
    for (const kind of alarmKinds) expect(anchors).toContain(runbookAnchor(kind));
  });

  it("links to sections that exist", () => {
    const links = [...runbook.matchAll(/\]\(#([^)]*)\)/g)].map(([, anchor]) => anchor);
    expect(links.length).toBeGreaterThan(alarmKinds.length);
    for (const link of links) expect(anchors).toContain(link);
  });

  it("is built into the package as an HTML page, to which alerts link, with an anchor for each alarm", () => {
    const { name, files, scripts } = JSON.parse(
      readFileSync(new URL("../../../package.json", import.meta.url), "utf8"),
    );
    const [, path = ""] = RUNBOOK_URL.split(`/${name}/`);
    expect(files).toContain("dist");
    expect(scripts.build).toContain(`node test/package/runbook-page.mjs ${path}`);
    const folder = mkdtempSync(join(tmpdir(), "deepseek-runbook-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, "runbook.html");
    const script = fileURLToPath(new URL("../../package/runbook-page.mjs", import.meta.url));
    expect(spawnSync(process.execPath, [script, file], { encoding: "utf8" })).toMatchObject({ status: 0, stderr: "" });
    const page = readFileSync(file, "utf8");
    for (const kind of alarmKinds) {
      expect(page).toContain(`<h2 id="${runbookAnchor(kind)}">${alarmDefinitions[kind].title}</h2>`);
    }
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    for (const [, link] of page.matchAll(/ href="#([^"]*)"/g)) expect(ids).toContain(link);
  });

  it("names a scenario that exists in its rehearse command", () => {
    const [, name] = /pulumi-deepseek rehearse ([a-z0-9-]+)/.exec(runbook) ?? [];
    expect(scenarioNames).toContain(name);
  });
});

describe("the times in the runbook's table", () => {
  it("match the rehearsals", { timeout: 120_000 }, async () => {
    const minutes = new Map<AlarmKind, number[]>();
    for (const scenario of scenarioNames) {
      for (const { kind, minutesAfterCause } of (await rehearse(scenario)).messages) {
        if (minutesAfterCause !== undefined) minutes.set(kind, [...(minutes.get(kind) ?? []), minutesAfterCause]);
      }
    }
    // No scenario can make the service slow: a rehearsal's clock does not move while the function waits for an answer.
    minutes.set("slow", [minutesUntilAlarm("slow")]);
    for (const kind of alarmKinds.filter((one) => !isOnTopic(one))) {
      const [least, most] = [Math.min(...(minutes.get(kind) ?? [])), Math.max(...(minutes.get(kind) ?? []))];
      const shown = `${least === most ? least : `${least} to ${most}`} minutes`;
      expect(rowOf(kind).at(-1), kind).toBe(shown);
    }
  });

  it("of the alarms on topics, which depend on AWS and on when the function counts, are not minutes", () => {
    expect(alarmKinds.filter(isOnTopic).map((kind) => rowOf(kind).at(-1))).toEqual([
      "an hour to a day",
      "some minutes",
    ]);
  });

  /** Minutes from a gauge that turns bad and stays so until its alarm fires. */
  function minutesUntilAlarm(kind: AlarmKind): number {
    const scope = metrics[alarmDefinitions[kind].metric].scope;
    const definition = effectiveAlarms(scope, { [kind]: { enabled: true } }, 1).find((alarm) => alarm.kind === kind);
    if (definition === undefined) throw new Error(`There is no alarm ${kind}.`);
    const metric = { name: definition.metric, dimensions: {} };
    const alarm = new SimulatedAlarm(kind, definition, metric);
    const store = new MetricStore();
    for (let minute = -20; minute < 60; minute++) {
      if (alarm.evaluateAt(minute, store)?.to === "ALARM") return minute;
      store.add({ ...metric, timestamp: 0, values: [definition.threshold + (minute < 0 ? -1 : 1)] }, minute);
    }
    throw new Error(`${kind} never fires.`);
  }
});

describe("the minutes from a cause to its alert, which the runbook's table has from rehearsals,", () => {
  const minutesOf = (kind: AlarmKind) => (rowOf(kind).at(-1) ?? "").replace(" minutes", "");
  const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");

  it("are the same in the README's table of alarms", () => {
    const rows = [...read("README.md").matchAll(/for about (\d+) minutes \| ([^|]+) \|/g)];
    expect(rows).toHaveLength(4);
    for (const [row, minutes, titles = ""] of rows) {
      const kind = alarmKinds.find((known) => alarmDefinitions[known].title === titles.split("; ").at(-1));
      expect(kind && minutesOf(kind), row).toBe(minutes);
    }
  });

  it("are the same in the guide, in the figures, and in the runbook's own sections", () => {
    expect(minutesOf("keyRejected")).toBe("3");
    expect(read("monitor/GUIDE.md")).toContain("A rejected key causes one alert after about three minutes");
    const figures = (["keyRejected", "serviceFailing", "monitorSilent"] as const).map(minutesOf).join("; ");
    expect(read(".github/FIGURES.md")).toContain(`| \`npm run bench:monitor\` | ${figures} min |`);
    expect(textOf("serviceDown")).toContain(`have failed for about ${minutesOf("serviceDown")} minutes`);
  });
});

describe.each(alarmKinds)("the runbook's section on '%s'", (kind) => {
  const alarm: AlarmDefinition = alarmDefinitions[kind];

  it("states the condition, with the figures of the definition", () => {
    expect(textOf(kind)).toContain(condition(alarm));
  });

  it("says when it clears", () => {
    expect(textOf(kind)).toContain(clearing(alarm));
  });

  it("says what it means, how to check and what to do", () => {
    for (const part of ["**Meaning.** ", "**Check.** ", "**Action.** "]) expect(textOf(kind)).toContain(part);
  });

  it("says what missing data means, if it does not just keep the state", () => {
    expect(textOf(kind).includes("Missing data counts as a breach.")).toBe(alarm.missingData === "breaching");
  });

  it("has a row in the table, with its severity and whether it is on by default", () => {
    const row = `| [${alarm.title}](#${runbookAnchor(kind)}) | ${alarm.severity} | ${alarm.byDefault ? "yes" : "no"} |`;
    expect(runbook).toContain(row);
  });
});

describe("the commands in the runbook", () => {
  it.each(shell)("have valid shell syntax: %s", (code) => {
    const { status, stderr } = spawnSync("sh", ["-n"], { input: code, encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  it("neither take nor print a key", () => {
    expect(shell.length).toBeGreaterThan(5);
    expect(shell.join()).not.toMatch(/get-secret-value|put-secret-value|curl|DEEPSEEK_API_KEY|\bsk-/);
  });

  it("use the names that the monitor creates", () => {
    const names = [...shell.join("\n").matchAll(/\$MONITOR\/[^"\\]*|(?<=")[a-z ]+\/[^"\\/]*\/\$MONITOR/g)].map(
      ([name]) => name,
    );
    const known = [
      shardSecretName("$MONITOR", "0"),
      queryName("$MONITOR"),
      alarmName("$MONITOR", "prod", alarmDefinitions.keyRejected.title),
      alarmName("$MONITOR", shardSubject("0"), alarmDefinitions.monitorSilent.title),
    ];
    expect([...new Set(names)].toSorted()).toEqual(known.toSorted());
  });
});

describe("the runbook on existing topics and keys", () => {
  const location = { region: "eu-central-1", account: "123456789012", partition: "aws", dnsSuffix: "amazonaws.com" };

  it("shows the statement of the monitor's own topic", () => {
    const own = JSON.parse(topicPolicy(location, "arn:aws:sns:eu-central-1:123456789012:on-call"));
    expect(own.Statement).toContainEqual(JSON.parse(blocks("json topic")[0] ?? ""));
  });

  it("shows the statement of the monitor's own key", () => {
    expect(JSON.parse(keyPolicy(location)).Statement).toContainEqual(JSON.parse(blocks("json key")[0] ?? ""));
  });

  it("shows the filter of the monitor's own subscriptions", () => {
    const [, filter] = /--attribute-value '(\{.*\})'/.exec(runbook) ?? [];
    expect(JSON.parse(filter ?? "")).toEqual(alertFilter);
  });
});
