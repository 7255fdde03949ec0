import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freshKey } from "../support/keys.ts";
import { type CaseResult, resultTable } from "../support/result-table.ts";
import { type Ask, askAsProvider } from "./asking.ts";
import { problemsOf } from "./inspection.ts";
import { askAsMonitor } from "./monitor.ts";
import { namedCases } from "./named.ts";
import { type HostileServer, startHostileServer } from "./server.ts";

const ways: readonly (readonly [name: string, ask: Ask])[] = [
  ["provider (undici)", askAsProvider],
  ["monitor (node:http)", askAsMonitor],
];

/** The deadline of an attempt over undici, and of a whole run of the monitor, in milliseconds. Long enough to confirm a 401. */
const TIMEOUT_MS = 1_100;

/** The time limit of a case, far above the sum of all deadlines, for a busy machine. Without deadlines a case would never end. */
const END_MS = 20_000;

/** How many bytes the server may send in a case: two replies of a megabyte, and data in buffers. Memory may grow by twice that. */
const MAX_BYTES = 100_000_000;

let server: HostileServer;
let elsewhere: HostileServer;
beforeAll(async () => {
  [server, elsewhere] = await Promise.all([startHostileServer(), startHostileServer()]);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await elsewhere[Symbol.asyncDispose]();
});

/* Sequential, since memory and sent bytes are measured for each case. */
describe.each(ways)("%s", (way, ask) => {
  // Created for each way, since some replies depend on earlier calls.
  const cases = namedCases(() => `http://127.0.0.1:${elsewhere.port}/x`);
  const results: CaseResult[] = [];
  afterAll(() => console.log(`${way}\n${resultTable(results)}`));

  test.each(cases)("$name", async ({ name, expected, replies, readsOn }) => {
    const subject = { key: freshKey(), baseUrl: server.serve(randomUUID(), replies) };
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
    results.push({ name, expected, got, passed: got === expected, milliseconds: asked.milliseconds });
    expect(got, JSON.stringify(asked.shown).slice(0, 800)).toBe(expected);
    expect(elsewhere.connections(), "connections to another origin").toBe(0);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});
