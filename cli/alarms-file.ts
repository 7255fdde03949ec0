import { readFile } from "node:fs/promises";
import { describeIssues } from "../monitor/argument-problems.ts";
import type { Detail } from "../monitor/metrics.ts";
import type { Settings } from "../monitor/rehearsal/cloudwatch.ts";
import { plainRules } from "../monitor/schema.ts";
import { alarmProblems } from "../monitor/settings.ts";
import { parseJson } from "../provider/deepseek/replies.ts";
import { UsageError } from "./usage.ts";

/**
 * Reads the monitor's `alarms` argument from a JSON file, by the rules that the monitor itself has for it.
 *
 * @throws UsageError if it cannot be read, or is not what the monitor takes
 */
export async function readSettings(file: string, detail: Detail): Promise<Settings> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`the file '${file}' cannot be read (${error.code}). Give --alarms a JSON file.`);
  });
  const given = parseJson(text);
  if (given === undefined) {
    throw new UsageError(`the file '${file}' holds no valid JSON: check its commas, quotes and brackets.`);
  }
  const { data = {}, error } = plainRules.alarms.safeParse(given);
  const issues = (error?.issues ?? []).map((issue) => ({ ...issue, path: ["alarms", ...issue.path] }));
  const problems = describeIssues(issues, { alarms: given }, []);
  if (problems.length === 0) problems.push(...alarmProblems({ alarms: data, detail }));
  if (problems.length === 0) return data;
  throw new UsageError(
    `the file '${file}' is not what the monitor's 'alarms' takes: ${problems.join("; ")}. ` +
      'Write it as {"serviceDown": {"enabled": true, "severity": "ticket", "threshold": 0.8}}, each of the three optional.',
  );
}
