import { readFile } from "node:fs/promises";
import type { AlarmsArgs } from "../monitor/arguments.ts";
import type { Detail } from "../monitor/metrics.ts";
import { readAlarms } from "../monitor/settings.ts";
import { printed } from "../provider/core/message-text.ts";
import { parseJson } from "../provider/deepseek/document.ts";
import { usageError } from "./usage.ts";

/**
 * Reads the monitor's `alarms` argument from a JSON file, with the monitor's own validation.
 *
 * @throws UsageError if the file cannot be read or is not valid
 */
export async function readSettings(file: string, detail: Detail): Promise<AlarmsArgs> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw usageError("alarms-file-unreadable", { file, code: error.code ?? "" });
  });
  const given = parseJson(text);
  if (given === undefined) throw usageError("alarms-file-not-json", { file });
  const read = readAlarms(given, detail);
  if (read.type === "alarms") return read.alarms;
  throw usageError("alarms-file-invalid", { file, problems: read.problems.map(printed).join("; ") });
}
