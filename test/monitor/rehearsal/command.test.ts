import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { scenarioNames } from "../../../monitor/rehearsal/index.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
// Inside the repository, where the packages that are not bundled are found.
const folder = mkdtempSync(join(root, "node_modules", ".rehearsal-"));
const program = join(folder, "cli.js");

beforeAll(async () => {
  const entryPoints = [join(root, "provider", "cli.ts")];
  await build({ entryPoints, outfile: program, bundle: true, platform: "node", format: "cjs", packages: "external" });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function pulumiDeepseek(...parameters: readonly string[]) {
  return new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [program, ...parameters], { cwd: folder }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}

function file(name: string, content: string): string {
  writeFileSync(join(folder, name), content);
  return name;
}

describe("pulumi-deepseek rehearse", () => {
  it("lists the scenarios, each with its description", async () => {
    const { code, stdout, stderr } = await pulumiDeepseek("rehearse");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const name of scenarioNames) expect(stdout).toMatch(new RegExp(`^  ${name} +[A-Z]`, "m"));
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(120);
  });

  it("explains itself with examples", async () => {
    const { code, stdout } = await pulumiDeepseek("rehearse", "--help");
    expect(code).toBe(0);
    for (const option of ["--svg", "--alarms", "--every", "--connections", "--json"]) expect(stdout).toContain(option);
    expect(stdout).toContain("$ npx pulumi-deepseek rehearse key-revoked");
  });

  it("prints the timeline of a scenario and draws it", async () => {
    const { code, stdout, stderr } = await pulumiDeepseek("rehearse", "key-revoked", "--svg", "drawing.svg");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("13  page      ALARM  rehearsal/prod/key rejected");
    expect(stdout).toContain("AWS promises no figure");
    expect(readFileSync(join(folder, "drawing.svg"), "utf8")).toMatch(/^<svg /);
  });

  it("prints the timeline as JSON, with the user's thresholds, schedule and connections", async () => {
    const alarms = file("alarms.json", '{"serviceDown": {"severity": "ticket"}, "rateLimited": {"enabled": true}}');
    const { code, stdout } = await pulumiDeepseek(
      ...["rehearse", "outage", "--json", "--alarms", alarms, "--every", "2", "--connections", "3"],
    );
    expect(code).toBe(0);
    const timeline = JSON.parse(stdout);
    expect(timeline).toMatchObject({ scenario: "outage", intervalMinutes: 2, connections: 3 });
    expect(timeline.alarms.map((alarm: { definition: { kind: string } }) => alarm.definition.kind)).toContain(
      "rateLimited",
    );
  });
});

describe("a wrong command line", () => {
  it.each([
    [["rehearse", "key-revokd"], "Did you mean 'key-revoked'?"],
    [["rehearse", "moonlight"], "There is no scenario 'moonlight'. Without a name, 'rehearse' lists all of them."],
    [["rehearse", "outage", "--every", "0"], "--every takes a whole number from 1 to 60, not '0'."],
    [["rehearse", "outage", "--connections", "many"], "--connections takes a whole number from 1 to 1000, not 'many'."],
    [["rehearse", "outage", "--alarms", "absent.json"], "The file 'absent.json' cannot be read (ENOENT)."],
    [["rehearse", "outage", "--fast"], "unknown option '--fast'"],
    [["rehearsal"], "unknown command 'rehearsal'"],
  ])("%j is refused with what to do, and exit code 2", async (parameters, sentence) => {
    const { code, stdout, stderr } = await pulumiDeepseek(...parameters);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(sentence);
    expect(stderr).not.toContain("    at ");
  });

  it.each([
    ["{", "holds no valid JSON"],
    ["[]", "alarms: must be an object"],
    ['{"keyRejected": {"treshold": 1}}', "alarms.keyRejected.treshold: is no setting of an alarm"],
    ['{"keyRejected": {"severity": "loud"}}', "alarms.keyRejected.severity: must be"],
    ['{"keyReject": {}}', "alarms.keyReject: is no alarm; the alarms are keyRejected,"],
    ['{"lowBalance": {"enabled": true}}', "alarms.lowBalance.threshold: is missing"],
    ['{"lowBalance": {"threshold": 5}}', "alarms.lowBalance: is off unless it has enabled: true"],
  ])("alarm settings %s are refused, and nothing is rehearsed", async (content, sentence) => {
    const { code, stdout, stderr } = await pulumiDeepseek(
      "rehearse",
      "outage",
      "--alarms",
      file("wrong.json", content),
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(sentence);
  });

  it("a drawing that cannot be written is told after the timeline", async () => {
    const { code, stderr } = await pulumiDeepseek("rehearse", "quiet", "--svg", "absent/drawing.svg");
    expect(code).toBe(2);
    expect(stderr).toContain("cannot be written to 'absent/drawing.svg' (ENOENT)");
    expect(existsSync(join(folder, "absent"))).toBe(false);
  });
});
