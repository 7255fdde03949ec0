import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../../examples/demo/engine/command.ts";
import type { Step, Workflow } from "../package/workflow.ts";
import { type Contexts, filledIn, isToRun } from "./expression.ts";

/** Where a job runs. */
export interface Runner {
  /** The repository's files. */
  readonly workspace: string;
  /** A folder for the job's own files. */
  readonly temporary: string;
  /** What every command finds in its environment, besides what the workflow says. */
  readonly env: Readonly<Record<string, string>>;
}

interface FinishedStep {
  readonly name: string;
  readonly outcome: "success" | "failure" | "skipped";
  /** The exit code of its commands, if it has any that ran. */
  readonly code?: number | null;
  /** The step's log. */
  readonly log: string;
}

export interface FinishedJob {
  readonly succeeded: boolean;
  readonly steps: readonly FinishedStep[];
  /** What the run's page shows. */
  readonly summary: string;
}

/**
 * Runs the commands of a workflow's only job as GitHub's runner does: each step in a shell of its own that gets what the
 * workflow gives it and nothing else. Actions, and the installation of the dependencies, are not run: the runner has
 * already what they would bring.
 *
 * @param brokenStep one of those that are not run, which is to fail
 */
export async function runJob(
  { defaults, jobs }: Workflow,
  contexts: Contexts,
  runner: Runner,
  brokenStep?: string,
): Promise<FinishedJob> {
  const [job, ...others] = Object.values(jobs);
  if (job === undefined || others.length > 0) throw new Error("A workflow with one job is needed.");
  if (defaults?.run.shell !== "bash") throw new Error("Only bash is known here, as the workflow's own default.");
  const summaryFile = join(runner.temporary, "summary.md");
  await writeFile(summaryFile, "");

  const steps: FinishedStep[] = [];
  const outcomes: Record<string, { readonly outcome: string }> = {};
  for (const step of job.steps) {
    const seen = { ...contexts, steps: outcomes };
    const failed = steps.some(({ outcome }) => outcome === "failure");
    const finished = isToRun(step.if, seen, failed)
      ? await runStep(step, brokenStep, { ...job.env, ...step.env }, seen, runner, summaryFile)
      : { name: nameOf(step), outcome: "skipped" as const, log: "" };
    steps.push(finished);
    if (step.id !== undefined) outcomes[step.id] = { outcome: finished.outcome };
  }
  return {
    succeeded: steps.every(({ outcome }) => outcome !== "failure"),
    steps,
    summary: await readFile(summaryFile, "utf8"),
  };
}

async function runStep(
  step: Step,
  brokenStep: string | undefined,
  variables: Readonly<Record<string, string>>,
  contexts: Contexts,
  { workspace, temporary, env }: Runner,
  summaryFile: string,
): Promise<FinishedStep> {
  const name = nameOf(step);
  if (step.run === undefined || step.run === "npm ci") {
    return { name, outcome: name === brokenStep ? "failure" : "success", log: "" };
  }
  const script = join(temporary, "step.sh");
  await writeFile(script, filledIn(step.run, contexts));
  const given = Object.entries(variables).map(([key, value]) => [key, filledIn(value, contexts)]);
  const { code, all } = await runCommand("bash", ["--noprofile", "--norc", "-eo", "pipefail", script], {
    cwd: workspace,
    env: {
      ...env,
      GITHUB_WORKSPACE: workspace,
      GITHUB_STEP_SUMMARY: summaryFile,
      RUNNER_TEMP: temporary,
      ...Object.fromEntries(given),
    },
  });
  return { name, outcome: code === 0 ? "success" : "failure", code, log: all };
}

/** As GitHub names a step that has no name; an action without its version. */
function nameOf({ name, uses, run }: Step): string {
  return name ?? uses?.replace(/@.*/, "") ?? run ?? "";
}
