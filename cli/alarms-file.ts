import { readFile } from "node:fs/promises";
import { describeIssues } from "../monitor/argument-problems.ts";
import type { Detail } from "../monitor/metrics.ts";
import type { Settings } from "../monitor/rehearsal/cloudwatch.ts";
import { plainRules } from "../monitor/schema.ts";
import { alarmProblems } from "../monitor/settings.ts";
import { parseJson } from "../provider/deepseek/replies.ts";
import { usageError } from "./usage.ts";

/**
 * Reads the monitor's `alarms` argument from a JSON file, by the rules that the monitor itself has for it.
 *
 * @throws UsageError if it cannot be read, or is not what the monitor takes
 */
export async function readSettings(file: string, detail: Detail): Promise<Settings> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw usageError("alarms-file-unreadable", { file, code: error.code ?? "" });
  });
  const given = parseJson(text);
  if (given === undefined) throw usageError("alarms-file-not-json", { file });
  const { data = {}, error } = plainRules.alarms.safeParse(given);
  const issues = (error?.issues ?? []).map((issue) => ({ ...issue, path: ["alarms", ...issue.path] }));
  const problems = describeIssues(issues, { alarms: given }, []);
  if (problems.length === 0) problems.push(...alarmProblems({ alarms: data, detail }));
  if (problems.length === 0) return data;
  throw usageError("alarms-file-invalid", { file, problems: problems.join("; ") });
}
