import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { type AlarmDefinition, alarmDefinitions, alarmKinds } from "../../monitor/alarms/catalog.ts";
import { makeReference } from "./reference.ts";

let made: ReadonlyMap<string, string>;
beforeAll(async () => {
  made = await makeReference();
}, 300_000);

const pages = ["provider/REFERENCE.md", "monitor/REFERENCE.md", "monitor/rehearsal/REFERENCE.md"];

describe.each(pages)("%s", (path) => {
  it("is up to date with the docstrings; if not, run 'npm run docs'", () => {
    expect(readFileSync(new URL(`../../${path}`, import.meta.url), "utf8")).toBe(made.get(path));
  });

  it("describes each input, output and enum value", () => {
    const rows = (made.get(path) ?? "").split("\n").filter((line) => line.startsWith("| <a "));
    expect(rows.length).toBeGreaterThan(20);
    expect(rows.filter((row) => row.endsWith("| - |"))).toEqual([]);
  });

  it("states the default of each optional input", () => {
    const sections = (made.get(path) ?? "")
      .split("\n## ")
      .filter((section) => /^(\w+Args|RehearsalOptions|AlarmSettings)\n/.test(section));
    const optional = sections.flatMap((section) => section.split("\n").filter((line) => /` ?\w+\?` /.test(line)));
    expect(optional.length).toBeGreaterThan(2);
    expect(optional.filter((row) => !row.includes("**Default**"))).toEqual([]);
  });
});

it.each(alarmKinds)("the reference describes the alarm %s as its definition does", (kind) => {
  const { byDefault, severity, threshold }: AlarmDefinition = alarmDefinitions[kind];
  const row = (made.get("monitor/REFERENCE.md") ?? "").split("\n").find((line) => line.includes(`\`${kind}?\``));
  expect(row).toContain(`**Default** ${byDefault ? `on, as a ${severity}` : `off; a ${severity} if enabled`} |`);
  expect(row?.includes("The threshold is required.")).toBe(threshold === undefined);
  if (threshold !== undefined && threshold > 1) expect(row).toContain(`(${threshold.toLocaleString("en")})`);
});
