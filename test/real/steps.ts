import { fileURLToPath } from "node:url";
import { z } from "zod";
import { bundleDirectory } from "../../dist/monitor/lambda/bundle.js";
import { Detail } from "../../dist/monitor/metrics.js";
import { shardSecretName } from "../../dist/monitor/names.js";
import { parseJson } from "../../dist/provider/deepseek/document.js";
import { type CommandResult, lastLines, runCommand } from "../../examples/demo/engine/command.ts";
import { ensureEngine } from "../../examples/demo/engine/engine.ts";
import { createWorkspace } from "../../examples/demo/engine/workspace.ts";
import { findLeaks } from "../support/leaks.ts";
import { startSecretsManager } from "../support/secrets-manager.ts";

/* What users do with a key, with the product as it is published. */

export interface Target {
  readonly apiKey: string;
  /** Absent: DeepSeek itself, without an option or an input that says so, as most users have it. */
  readonly baseUrl?: string;
}

type Progress = (line: string) => void;

/** What went wrong in a step. The message contains no part of the key. */
export class StepFailure extends Error {
  override readonly name = "StepFailure";
}

/** @throws StepFailure if the output contains the key, which is then not shown, or if the command failed */
function demand(title: string, { apiKey }: Target, result: CommandResult, isGood = result.code === 0): void {
  if (findLeaks(apiKey, [[title, result.all]]).length > 0) {
    throw new StepFailure(`${title} prints the key, so its output is not shown.`);
  }
  if (!isGood)
    throw new StepFailure(`${title} failed (exit code ${result.code}):\n${lastLines(result.all, 15, 3_000)}`);
}

const cli = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

const report = z.object({ verdict: z.string(), cause: z.string().default(""), nextStep: z.string().default("") });

/** Runs `pulumi-deepseek check`. @returns the verdict, with its cause if it is not `valid` */
export async function check(target: Target): Promise<{ readonly verdict: string; readonly text: string }> {
  const option = target.baseUrl === undefined ? [] : ["--base-url", target.baseUrl];
  const parameters = [cli, "check", "--json", "--key-file", "-", ...option];
  const result = await runCommand(process.execPath, parameters, { env: process.env, input: target.apiKey });
  const parsed = report.safeParse(parseJson(result.stdout));
  demand("pulumi-deepseek check", target, result, parsed.success);
  const { verdict = "", cause = "", nextStep = "" } = parsed.data ?? {};
  return { verdict, text: [verdict, cause, nextStep].filter((text) => text !== "").join(". ") };
}

/** The project of the stack, which is the namespace of its settings. */
const project = "verify-real";

const outputs = z.object({ status: z.string() });

/** Deploys examples/quickstart to an empty stack on this machine, refreshes it, and destroys it. @throws StepFailure */
export async function lifecycle(target: Target, progress: Progress): Promise<void> {
  progress("Looking for the Pulumi engine …");
  const engine = await ensureEngine(progress);
  await using workspace = await createWorkspace({
    engine,
    name: project,
    program: { directory: fileURLToPath(new URL("../../examples/quickstart", import.meta.url)) },
    config: target.baseUrl === undefined ? {} : { baseUrl: target.baseUrl },
  });
  await workspace.setConfig("deepseek:apiKey", target.apiKey, { secret: true });
  const commands = {
    preview: () => workspace.preview(),
    up: () => workspace.up(),
    // A connection that has just been deployed shows no drift.
    "refresh --expect-no-changes": () => workspace.refresh("--expect-no-changes"),
    destroy: () => workspace.destroy(),
  };
  for (const [words, run] of Object.entries(commands)) {
    progress(`pulumi ${words} …`);
    demand(`pulumi ${words}`, target, await run());
    if (words !== "up") continue;
    const { status } = outputs.parse(await workspace.outputs());
    if (status !== "valid") throw new StepFailure(`After pulumi up, the connection's status is '${status}'.`);
  }
}

const monitor = "verify-real";

/** Loads the bundle as Lambda does, and invokes it for the shard 0. */
const invocation = `
const { handler } = require(process.argv[1]);
handler({ shard: "0" }, { awsRequestId: "verify-real", getRemainingTimeInMillis: () => 120_000 }).then((summary) => {
  console.log("summary " + JSON.stringify(summary));
});
`;

const summary = z.object({ expected: z.literal(1), probed: z.literal(1), verdicts: z.object({ valid: z.literal(1) }) });

const logged = z.object({ cause: z.string(), nextStep: z.string() });

/**
 * Invokes the monitor's function once, as it is deployed: the built bundle in a process that has only the function's
 * environment. It gets the key from a stand-in for AWS Secrets Manager on this machine.
 *
 * @throws StepFailure if it does not report the connection as valid
 */
export async function monitorFunction(target: Target): Promise<void> {
  await using secrets = await startSecretsManager();
  const { apiKey, baseUrl = "https://api.deepseek.com" } = target;
  secrets.put(shardSecretName(monitor, "0"), {
    value: JSON.stringify({ connections: [{ name: "main", baseUrl, apiKey }] }),
  });
  const env = {
    ...secrets.environment,
    MONITOR_NAME: monitor,
    MONITOR_SHARDS: "1",
    MONITOR_TEST_CALL: "chat",
    MONITOR_DETAIL: Detail.Connection,
    MONITOR_GAUGES: "",
  };
  const result = await runCommand(process.execPath, ["--eval", invocation, `${bundleDirectory()}/index.js`], { env });
  const documents = result.all.split("\n").map((line) => parseJson(line.replace(/^summary /, "")));
  const hasSummary = documents.some((document) => summary.safeParse(document).success);
  const problems = documents.flatMap((document) => logged.safeParse(document).data ?? []);
  // A log line with a cause says more than everything that the function prints.
  demand("The monitor's function", target, result, hasSummary || problems.length > 0);
  const [problem] = problems;
  if (problem === undefined) return;
  throw new StepFailure(
    `The monitor's function reports: ${problem.cause} ${problem.nextStep} (As on AWS, it connects without a proxy.)`,
  );
}
