import fc from "fast-check";
import pLimit from "p-limit";
import { expect, test } from "vitest";
import { freshKey } from "../support/keys.ts";
import { type Ask, type Asked, askAsProvider } from "./asking.ts";
import { problemsOf } from "./inspection.ts";
import { askAsMonitor } from "./monitor.ts";
import { codedRefusals, type Generated, hostileReply, provesNothing, repliesOf } from "./replies.ts";
import { startHostileServer } from "./server.ts";

const REPLIES = 10_000;

/** A fixed seed, so that each run has the same replies. */
const seed = Number(process.env["HOSTILE_SEED"] ?? 5);

/** The code under test, the number of subjects in one call of it, and the number of parallel calls. */
const ways: readonly { readonly name: string; readonly ask: Ask; readonly size: number; readonly atOnce: number }[] = [
  { name: "provider (undici)", ask: askAsProvider, size: 1, atOnce: 150 },
  { name: "monitor (node:http)", ask: askAsMonitor, size: 50, atOnce: 6 },
];

/** The deadline of an attempt over undici, and of a whole run of the monitor, in milliseconds. Long enough to confirm a 401. */
const TIMEOUT_MS = 1_100;

/** The same for replies that all come at once, so that a busy machine reads them too and does not time out. */
const PROMPT_TIMEOUT_MS = 10_000;

/** A probe that takes longer, in milliseconds, counts as a hang. Far above the sum of all deadlines, for a busy machine. */
const HANG_MS = 20_000;

// Vitest fails the run on an unhandled rejection or exception.
test(`${REPLIES} generated replies cause no crash, hang or leak, no fault is reported as an invalid key, and no refusal as valid`, async () => {
  await using server = await startHostileServer();
  const sampled = fc.sample(hostileReply, { seed, numRuns: REPLIES - codedRefusals.length });
  const generated = [...codedRefusals, ...sampled];
  const rejections = new Map<string, number>();
  const subjects = generated.map((reply, index) => {
    const name = String(index);
    const baseUrl = server.serve(
      name,
      repliesOf(reply, () => rejections.set(baseUrl, (rejections.get(baseUrl) ?? 0) + 1)),
    );
    return { key: freshKey(), baseUrl, way: index % ways.length, isCoded: index < codedRefusals.length };
  });
  const begun = performance.now();
  const asked = await Promise.all(
    ways.map(async ({ ask, size, atOnce }, way) => {
      const mine = subjects.filter((subject) => subject.way === way);
      const line = pLimit(atOnce);
      const groups = Array.from({ length: Math.ceil(mine.length / size) }, (_, at) =>
        mine.slice(at * size, (at + 1) * size),
      );
      return (
        await Promise.all(
          groups.map((group) =>
            line(() => ask(group, group.some(({ isCoded }) => isCoded) ? PROMPT_TIMEOUT_MS : TIMEOUT_MS)),
          ),
        )
      ).flat();
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
    "refusals and broken replies reported as valid": all.filter(({ kind, baseUrl }) => {
      const reply = generated[Number(baseUrl.split("/").at(-1))];
      return kind === "valid" && reply !== undefined && provesNothing(reply);
    }),
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
  // The replies must cause every verdict, including a genuine double 401, so that each is tested.
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
