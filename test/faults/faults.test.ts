import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type CaseResult, resultTable } from "../support/result-table.ts";
import { cases } from "./cases.ts";
import { type Servers, startServers } from "./servers.ts";
import { startToxiproxy, type Toxiproxy } from "./toxiproxy.ts";

/** Reserve for a busy machine beyond a deadline, in milliseconds. */
const SLACK_MS = 10_000;

/** The results of the cases, for the table. */
const results = new Map<string, CaseResult>();
const unhandled: unknown[] = [];
const note = (reason: unknown) => unhandled.push(reason);

/** The connections of this thread that keep it alive. An idle connection does not. */
const busySockets = () => process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;

let servers: Servers;
let toxiproxy: Toxiproxy;
beforeAll(async () => {
  process.on("unhandledRejection", note);
  toxiproxy = await startToxiproxy(console.log);
  const started = await startServers();
  servers = started;
  const trusted = getCACertificates();
  setDefaultCACertificates([...trusted, ...servers.certificates]);
  return async () => {
    setDefaultCACertificates(trusted);
    await started[Symbol.asyncDispose]();
    await toxiproxy[Symbol.asyncDispose]();
  };
});
afterAll(() => {
  process.off("unhandledRejection", note);
  // In the order of the cases, not of their completion.
  console.log(resultTable(cases.flatMap(({ name }) => results.get(name) ?? [])));
});

test.concurrent.each(cases)("$name", async ({ name, expected, limitMs, run }) => {
  const begun = performance.now();
  const over = new AbortController();
  const got = await Promise.race([
    run(servers, toxiproxy).catch((error: unknown) => `threw ${String(error)}`),
    delay(limitMs + SLACK_MS, "not over in time", { signal: over.signal }),
  ]);
  over.abort();
  const milliseconds = performance.now() - begun;
  results.set(name, { name, expected, got, passed: got === expected, milliseconds });
  expect(got).toBe(expected);
});

test("no network fault is reported as a rejected key", () => {
  // Each case above has the expected outcome or fails.
  expect(cases.length).toBeGreaterThan(0);
  for (const { name, expected } of cases) expect(expected, name).not.toMatch(/^invalid|KeyRejected 1/);
});

test("network faults leave no unhandled rejection and no open connection", async () => {
  expect(unhandled).toEqual([]);
  // The proxies still run, so only our code has closed connections. undici keeps an abandoned TLS handshake for up to
  // ten seconds.
  await vi.waitFor(() => expect(busySockets()).toBe(0), { timeout: 30_000, interval: 100 });
  // Proves that the check finds an open connection.
  const left = connect(Number(new URL(toxiproxy.url).port), "127.0.0.1");
  await vi.waitFor(() => expect(busySockets()).toBe(1));
  left.destroy();
});
