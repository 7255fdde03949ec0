import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type CaseResult, resultTable } from "../support/result-table.ts";
import { cases } from "./cases.ts";
import { type Servers, startServers } from "./servers.ts";
import { startToxiproxy, type Toxiproxy } from "./toxiproxy.ts";

/** What a busy machine may add to a deadline, in milliseconds. */
const SLACK_MS = 10_000;

/** The cases that were run, for the table. */
const results = new Map<string, CaseResult>();
const unhandled: unknown[] = [];
const note = (reason: unknown) => unhandled.push(reason);

/** The connections of this thread that keep it alive; one that waits to be used again does not. */
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
  // In the order of the cases, not of their ends.
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
  const seconds = (performance.now() - begun) / 1_000;
  results.set(name, { name, expected, got, passed: got === expected, seconds });
  expect(got).toBe(expected);
});

test("no fault is shown as a rejected key", () => {
  // Each case above gets what it expects, or fails.
  expect(cases.length).toBeGreaterThan(0);
  for (const { name, expected } of cases) expect(expected, name).not.toMatch(/^invalid|KeyRejected 1/);
});

test("no unhandled rejection and no connection in use is left behind", async () => {
  expect(unhandled).toEqual([]);
  // The proxies are all still there, so only our own code has ended connections. undici gives a TLS handshake that
  // nobody waits for any longer up to ten seconds.
  await vi.waitFor(() => expect(busySockets()).toBe(0), { timeout: 30_000, interval: 100 });
  // And this sees what is left.
  const left = connect(Number(new URL(toxiproxy.url).port), "127.0.0.1");
  await vi.waitFor(() => expect(busySockets()).toBe(1));
  left.destroy();
});
