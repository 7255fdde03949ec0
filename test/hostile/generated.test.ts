import fc from "fast-check";
import pLimit from "p-limit";
import { expect, test } from "vitest";
import { freshKey } from "../support/keys.ts";
import { type Ask, type Asked, askAsProvider } from "./asking.ts";
import { problemsOf } from "./inspection.ts";
import { askAsMonitor } from "./monitor.ts";
import { type Generated, hostileReply, repliesOf } from "./replies.ts";
import { startHostileServer } from "./server.ts";

const REPLIES = 10_000;

/** The same replies in each run; another seed gives others. */
const seed = Number(process.env["HOSTILE_SEED"] ?? 5);

/** The way that a reply is asked for, how many at once in one call of it, and how many calls at once. */
const ways: readonly { readonly name: string; readonly ask: Ask; readonly size: number; readonly atOnce: number }[] = [
  { name: "provider (undici)", ask: askAsProvider, size: 1, atOnce: 150 },
  { name: "monitor (node:http)", ask: askAsMonitor, size: 50, atOnce: 6 },
];

/** Of an attempt over undici, and of a whole run of the monitor, in milliseconds. A 401 can be confirmed in it. */
const TIMEOUT_MS = 1_100;

/** An end after that many milliseconds is a hang: far above all deadlines together, for a busy machine. */
const HANG_MS = 20_000;

// An unhandled rejection or exception fails the run: Vitest sees to that.
test(`${REPLIES} generated replies: no crash, no hang, no leak, no fault that is called an invalid key`, async () => {
  await using server = await startHostileServer();
  const generated = fc.sample(hostileReply, { seed, numRuns: REPLIES });
  const rejections = new Map<string, number>();
  const subjects = generated.map((reply, index) => {
    const name = String(index);
    const baseUrl = server.serve(
      name,
      repliesOf(reply, () => rejections.set(baseUrl, (rejections.get(baseUrl) ?? 0) + 1)),
    );
    return { key: freshKey(), baseUrl, way: index % ways.length };
  });
  const begun = performance.now();
  const asked = await Promise.all(
    ways.map(async ({ ask, size, atOnce }, way) => {
      const mine = subjects.filter((subject) => subject.way === way);
      const line = pLimit(atOnce);
      const groups = Array.from({ length: Math.ceil(mine.length / size) }, (_, at) =>
        mine.slice(at * size, (at + 1) * size),
      );
      return (await Promise.all(groups.map((group) => line(() => ask(group, TIMEOUT_MS))))).flat();
    }),
  );
  const all = asked.flat();
  const found = {
    crashes: all.filter(({ kind }) => kind === "crash"),
    "hangs past the deadline": all.filter(({ milliseconds }) => milliseconds > HANG_MS),
    "leaks, unprintable or endless texts": all.filter(({ shown, key }) => problemsOf(shown, key).length > 0),
    "faults reported as an invalid key": all.filter(
      ({ kind, baseUrl }) => kind === "invalid" && (rejections.get(baseUrl) ?? 0) < 2,
    ),
  };
  const counts = Object.entries(found).map(([name, cases]) => `${name} ${cases.length}`);
  const seconds = Math.round((performance.now() - begun) / 1_000);
  console.log(
    [
      `${all.length} hostile replies (seed ${seed}), ${asked.map((of, at) => `${of.length} by the ${ways[at]?.name}`).join(", ")}: ${counts.join(", ")}; ${seconds} s`,
      `verdicts: ${JSON.stringify(tally(all))}`,
      ...Object.entries(found).flatMap(([name, cases]) =>
        cases.slice(0, 3).map((one) => explain(name, one, generated)),
      ),
    ].join("\n"),
  );
  expect(all).toHaveLength(REPLIES);
  for (const [name, cases] of Object.entries(found)) expect(cases.length, `${name}, seed ${seed}`).toBe(0);
  expect(Object.keys(Object.prototype)).toEqual([]);
  // They reach every verdict, a genuine double 401 included: what never comes up is not tested.
  expect(Object.keys(tally(all)).sort()).toEqual(["indeterminate", "invalid", "misconfigured", "unfunded", "valid"]);
}, 300_000);

function tally(all: readonly Asked[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { kind } of all) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

function explain(name: string, { key, shown, baseUrl }: Asked, generated: readonly Generated[]): string {
  const index = Number(baseUrl.split("/").at(-1));
  const reply = JSON.stringify(generated[index]).slice(0, 1_500);
  return `${name}: reply ${index} of seed ${seed}: ${problemsOf(shown, key).join("; ")}\n  ${reply}\n  ${JSON.stringify(shown).slice(0, 1_500)}`;
}
