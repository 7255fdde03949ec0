import { readFile } from "node:fs/promises";
import type { AlarmsArgs } from "../monitor/arguments.ts";
import type { Detail } from "../monitor/metrics.ts";
import { readAlarms } from "../monitor/settings.ts";
import { parseJson } from "../provider/deepseek/replies.ts";
import { UsageError } from "./usage.ts";

/**
 * Reads the monitor's `alarms` argument from a JSON file, by the rules that the monitor itself has for it.
 *
 * @throws UsageError if it cannot be read, or is not what the monitor takes
 */
export async function readSettings(file: string, detail: Detail): Promise<AlarmsArgs> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`the file '${file}' cannot be read (${error.code}). Give --alarms a JSON file.`);
  });
  const given = parseJson(text);
  if (given === undefined) {
    throw new UsageError(`the file '${file}' holds no valid JSON: check its commas, quotes and brackets.`);
  }
  const read = readAlarms(given, detail);
  if (read.type === "alarms") return read.alarms;
  const problems = read.problems.map((problem) => problem.text);
  throw new UsageError(
    `the file '${file}' is not what the monitor's 'alarms' takes: ${problems.join("; ")}. ` +
      'Write it as {"serviceDown": {"enabled": true, "severity": "ticket", "threshold": 0.8}}, each of the three optional.',
  );
}
