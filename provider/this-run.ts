import * as pulumi from "@pulumi/pulumi";
import { currentRun } from "./pulumi-internals.ts";
import { type ProbeLog, SharedProbes } from "./shared-probes.ts";

const log: ProbeLog = {
  waiting: (text) => void pulumi.log.info(text, undefined, undefined, true),
  trail: (lines) => void pulumi.log.debug(lines),
};

/** State that the connections of one run of a program share. */
interface Run {
  readonly probes: SharedProbes;
  /** How many connections will fail their check. */
  failing: number;
}

const runs = new WeakMap<object, Run>();

export function thisRun(): Run {
  const id = currentRun();
  const run = runs.get(id) ?? { probes: new SharedProbes(log), failing: 0 };
  runs.set(id, run);
  return run;
}
