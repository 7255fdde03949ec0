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
  it("is what the docstrings say now; else 'npm run docs' writes it again", () => {
    expect(readFileSync(new URL(`../../${path}`, import.meta.url), "utf8")).toBe(made.get(path));
  });

  it("says something of each input, output and choice", () => {
    const rows = (made.get(path) ?? "").split("\n").filter((line) => line.startsWith("| <a "));
    expect(rows.length).toBeGreaterThan(20);
    expect(rows.filter((row) => row.endsWith("| - |"))).toEqual([]);
  });

  it("gives each optional input its default", () => {
    const sections = (made.get(path) ?? "")
      .split("\n## ")
      .filter((section) => /^(\w+Args|RehearsalOptions|AlarmSettings)\n/.test(section));
    const optional = sections.flatMap((section) => section.split("\n").filter((line) => /` ?\w+\?` /.test(line)));
    expect(optional.length).toBeGreaterThan(2);
    expect(optional.filter((row) => !row.includes("**Default**"))).toEqual([]);
  });
});

it.each(alarmKinds)("the reference says of the alarm %s what its definition says", (kind) => {
  const { byDefault, severity, threshold }: AlarmDefinition = alarmDefinitions[kind];
  const row = (made.get("monitor/REFERENCE.md") ?? "").split("\n").find((line) => line.includes(`\`${kind}?\``));
  expect(row).toContain(`**Default** ${byDefault ? `on, as a ${severity}` : `off; a ${severity} if enabled`} |`);
  expect(row?.includes("The threshold is required.")).toBe(threshold === undefined);
  if (threshold !== undefined && threshold > 1) expect(row).toContain(`(${threshold.toLocaleString("en")})`);
});
