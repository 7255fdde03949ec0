import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleDirectory } from "../../../dist/monitor/lambda/bundle.js";
import type { Figure } from "../figure.ts";
import { loadTime } from "../lambda.ts";
import { median, ratios } from "../statistics.ts";

const PAIRS = 21;
const MAX_KILOBYTES = 100;
/** AWS's client for Secrets Manager, which the function does not use. Loading it would take longer than the whole function. */
const CLIENT = "@aws-sdk/client-secrets-manager";
const MAX_OF_CLIENT = 0.75;
const MAX_OF_EMPTY = 2;

/** Measures size and load time of the bundle, an empty handler and AWS's client, in turns. */
export async function weight(): Promise<readonly Figure[]> {
  const bundle = join(bundleDirectory(), "index.js");
  const folder = mkdtempSync(join(tmpdir(), "bench-monitor-"));
  const empty = join(folder, "index.js");
  writeFileSync(empty, "exports.handler = async () => {};\n");
  const client = createRequire(import.meta.url).resolve(CLIENT);
  const differences: number[] = [];
  const ofClient: number[] = [];
  const ofEmpty: number[] = [];
  const starts: number[] = [];
  const emptyStarts: number[] = [];
  // The first pair fills the disk cache.
  for (let pair = 0; pair <= PAIRS; pair++) {
    const base = await loadTime(empty);
    const loaded = await loadTime(bundle);
    if (pair === 0) continue;
    ofEmpty.push(base.load);
    differences.push(loaded.load - base.load);
    ofClient.push((await loadTime(client)).load - base.load);
    starts.push(loaded.withStart);
    emptyStarts.push(base.withStart);
  }
  const kilobytes = (file: string) => statSync(file).size / 1_000;
  const emptyHandler = (value: number) => [{ name: "empty handler", value }];
  const figures: readonly Figure[] = [
    {
      topic: "size of the function",
      of: "the bundle",
      unit: "kB",
      ours: kilobytes(bundle),
      beside: emptyHandler(kilobytes(empty)),
      limit: { kind: "value", most: MAX_KILOBYTES },
    },
    {
      topic: "load time of the function, CPU",
      of: `beyond an empty handler's, the least of ${PAIRS}`,
      unit: "ms",
      // Load of the machine only increases the CPU time, because of the caches.
      ours: Math.min(...differences),
      beside: [...emptyHandler(Math.min(...ofEmpty)), { name: CLIENT, value: Math.min(...ofClient) }],
      limit: { kind: "ratio", to: CLIENT, ratio: median(ratios(differences, ofClient)), most: MAX_OF_CLIENT },
    },
    {
      topic: "start of Node.js with the function, CPU",
      of: `the median of ${PAIRS}`,
      unit: "ms",
      ours: median(starts),
      beside: emptyHandler(median(emptyStarts)),
      limit: { kind: "ratio", to: "empty handler", ratio: median(ratios(starts, emptyStarts)), most: MAX_OF_EMPTY },
    },
  ];
  rmSync(folder, { recursive: true });
  return figures;
}
