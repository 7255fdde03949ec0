import { describe, expect, test } from "vitest";
import { table } from "../../cli/terminal.ts";
import { type Ask, askAsProvider, freshKey } from "./asking.ts";
import { problemsOf } from "./inspection.ts";
import { askAsMonitor } from "./monitor.ts";
import { namedCases } from "./named.ts";
import { startHostileServer } from "./server.ts";

const ways: readonly (readonly [name: string, ask: Ask])[] = [
  ["provider (undici)", askAsProvider],
  ["monitor (node:http)", askAsMonitor],
];

/** Of an attempt over undici, and of a whole run of the monitor, in milliseconds. A 401 can be confirmed in it. */
const TIMEOUT_MS = 1_100;

/** Far above all deadlines together, for a busy machine. Without a deadline it would be for ever. */
const END_MS = 20_000;

/** What a case may take of memory and make the server send, in bytes: two replies of a megabyte and much on the way. */
const MAX_BYTES = 100_000_000;

describe.each(ways)("%s", (way, ask) => {
  test("whatever a hostile endpoint does, the verdict is correct, in time, and shows nothing of the reply", async () => {
    await using elsewhere = await startHostileServer();
    await using server = await startHostileServer();
    const rows: string[][] = [];
    const differences: string[] = [];
    for (const [index, { name, expected, replies, readsOn }] of namedCases(
      `http://127.0.0.1:${elsewhere.port}/x`,
    ).entries()) {
      const subject = { key: freshKey(), baseUrl: server.serve(String(index), replies) };
      const [sent, held] = [server.bytesWritten(), process.memoryUsage().rss];
      const [asked] = await ask([subject], TIMEOUT_MS);
      if (asked === undefined) throw new Error("nothing came of it");
      const problems = [
        ...problemsOf(asked.shown, subject.key),
        ...(asked.milliseconds > END_MS ? ["too late"] : []),
        ...(!readsOn && server.bytesWritten() - sent > MAX_BYTES ? ["read on and on"] : []),
        ...(process.memoryUsage().rss - held > 2 * MAX_BYTES ? ["took too much memory"] : []),
      ];
      const got = [asked.kind, ...problems].join("; ");
      rows.push([name, expected, got, `${Math.round(asked.milliseconds)} ms`]);
      if (got !== expected)
        differences.push(`${name}: ${got} instead of ${expected}\n  ${JSON.stringify(asked.shown).slice(0, 800)}`);
    }
    console.log(`${way}\n${table(["case", "expected", "got", "time"], rows)}`);
    expect(differences).toEqual([]);
    expect(elsewhere.connections()).toBe(0);
    expect(Object.keys(Object.prototype)).toEqual([]);
  }, 180_000);
});
