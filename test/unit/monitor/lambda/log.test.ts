import { expect, test } from "vitest";
import { jsonLog } from "../../../../monitor/lambda/log.ts";

test("each entry is one line of JSON, with its level, its time and its fields", () => {
  const lines: string[] = [];
  const log = jsonLog((line) => lines.push(line));
  const run = { monitor: "health", shard: "0" };
  for (const level of ["info", "warn", "error"] as const) log[level]("first\nsecond", { ...run, cause: "why" });
  expect(lines.map((line) => JSON.parse(line))).toEqual(
    ["INFO", "WARN", "ERROR"].map((level) => ({
      level,
      message: "first\nsecond",
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      service: "deepseek-monitor",
      ...run,
      cause: "why",
    })),
  );
  for (const line of lines) expect(line).not.toContain("\n");
});
