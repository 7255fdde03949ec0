import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { scenarioNames } from "../../monitor/rehearsal/index.ts";
import { disagreements } from "../support/recomputed.ts";
import { pulumiDeepseek } from "./support/run.ts";

const cwd = mkdtempSync(join(tmpdir(), "deepseek-rehearsal-"));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

function rehearse(...parameters: readonly string[]) {
  return pulumiDeepseek(["rehearse", ...parameters], { cwd });
}

function file(name: string, content: string): string {
  writeFileSync(join(cwd, name), content);
  return name;
}

describe("pulumi-deepseek rehearse", () => {
  it("lists the scenarios, each with its description", async () => {
    const { code, stdout, stderr } = await rehearse();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const name of scenarioNames) expect(stdout).toMatch(new RegExp(`^  ${name} +[A-Z]`, "m"));
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(120);
  });

  it("explains itself with examples", async () => {
    const { code, stdout } = await rehearse("--help");
    expect(code).toBe(0);
    for (const option of ["--svg", "--alarms", "--every", "--connections", "--detail", "--json"])
      expect(stdout).toContain(option);
    expect(stdout).toContain("$ npx pulumi-deepseek rehearse key-revoked");
  });

  it("prints the timeline of a scenario and draws it", async () => {
    const { code, stdout, stderr } = await rehearse("key-revoked", "--svg", "drawing.svg");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("13  page      ALARM  key rejected/prod/rehearsal");
    expect(stdout).toContain("AWS does not guarantee");
    expect(readFileSync(join(cwd, "drawing.svg"), "utf8")).toMatch(/^<svg /);
  });

  it("prints the timeline as JSON, with the user's thresholds, schedule and connections", async () => {
    const alarms = file("alarms.json", '{"serviceDown": {"severity": "ticket"}, "slow": {"enabled": true}}');
    const { code, stdout } = await rehearse(
      ...["outage", "--json", "--alarms", alarms, "--every", "2", "--connections", "3", "--detail", "fleet"],
    );
    expect(code).toBe(0);
    const timeline = JSON.parse(stdout);
    expect(timeline).toMatchObject({ scenario: "outage", intervalMinutes: 2, connections: 3, detail: "fleet" });
    expect(timeline.alarms.map((alarm: { definition: { kind: string } }) => alarm.definition.kind)).toContain("slow");
    expect(disagreements(timeline)).toEqual([]);
  });
});

describe("an invalid command line", () => {
  it.each([
    [["key-revokd"], "'key-revokd' is not a scenario. Choose one of these: quiet, "],
    [
      ["outage", "--every", "0"],
      "option '--every <minutes>' argument '0' is invalid. It must be a whole number from 1 to 60.",
    ],
    [["outage", "--connections", "many"], "argument 'many' is invalid. It must be a whole number from 1 to 1000."],
    [["outage", "--alarms", "absent.json"], "the file 'absent.json' cannot be read (ENOENT)."],
    [["outage", "--fast"], "unknown option '--fast'"],
  ])("%j is refused with advice and exit code 2", async (parameters, sentence) => {
    const { code, stdout, stderr } = await rehearse(...parameters);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(sentence);
    expect(stderr).not.toContain("    at ");
  });

  it.each([
    ["{", "is not valid JSON"],
    ["[]", "alarms: must be an object"],
    ['{"keyRejected": {"treshold": 1}}', "alarms.keyRejected.treshold: is not a setting of an alarm"],
    ['{"keyRejected": {"severity": "loud"}}', "alarms.keyRejected.severity: must be"],
    ['{"keyReject": {}}', "alarms.keyReject: is not an alarm; the alarms are keyRejected,"],
    ['{"balanceFallsFast": {"enabled": true}}', "alarms.balanceFallsFast.threshold: is missing"],
    ['{"slow": {"threshold": 5}}', "alarms.slow: is off by default, so its settings have no effect. Add enabled: true"],
  ])("alarm settings %s are refused, and nothing is rehearsed", async (content, sentence) => {
    const { code, stdout, stderr } = await rehearse("outage", "--alarms", file("wrong.json", content));
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(sentence);
  });

  it("a drawing that cannot be written is reported after the timeline", async () => {
    const { code, stderr } = await rehearse("quiet", "--svg", "absent/drawing.svg");
    expect(code).toBe(2);
    expect(stderr).toContain("cannot be written to 'absent/drawing.svg' (ENOENT)");
    expect(existsSync(join(cwd, "absent"))).toBe(false);
  });
});
