import { randomBytes } from "node:crypto";
import { appendFile, mkdir, realpath, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import release from "pulumi/package.json" with { type: "json" };
import { inject } from "vitest";
import { createWorkspace, type Workspace } from "../../examples/demo/engine/workspace.ts";
import { type Sandbox, startSandbox } from "../../provider/sandbox/server.ts";
import { shapes } from "../lifecycle/canary.ts";
import { findLeaks, type Sink } from "../lifecycle/leaks.ts";
import { readWorkflow } from "../package/workflow.ts";
import { GitHub } from "./github.ts";
import { type FinishedJob, runJob } from "./job.ts";

export const project = new URL("../../examples/ci/", import.meta.url);
export const workflows = {
  preview: readWorkflow(new URL(".github/workflows/preview.yml", project)),
  nightly: readWorkflow(new URL(".github/workflows/nightly.yml", project)),
};

/** Where the stack's state is, and what a job needs to get there. */
export interface Backend {
  /** The variable `PULUMI_BACKEND_URL` of the repository. */
  readonly url: string;
  /** What a developer needs, who deploys. */
  readonly developer: Readonly<Record<string, string>>;
  /** The variable `AWS_ROLE_ARN`; none without AWS. */
  readonly role?: string;
  /** What the action that gets the role's credentials puts into the environment of the job's later steps. */
  readonly job: Readonly<Record<string, string>>;
}

/** A repository with the example in it, its stack `dev`, and GitHub, which runs its workflows. */
export interface Repository extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly github: GitHub;
  readonly stack: Workspace;
  /** Stores a key in the stack's configuration, as a pull request would change it. */
  setKey(key: string): Promise<void>;
  /** A push to the pull request. @param brokenStep a step that is to fail */
  push(brokenStep?: string): Promise<FinishedJob>;
  /** The nightly run. @param passphrase @default the right one */
  night(passphrase?: string): Promise<FinishedJob>;
  /** Where keys of this repository are, and must not be: in logs, comments, summaries, and all files. */
  leaks(): Promise<string[]>;
}

/** @param backend @default a folder of the runner's */
export async function createRepository(backend?: Backend): Promise<Repository> {
  const engine = inject("engine");
  const sandbox = await startSandbox();
  const github = await GitHub.start();
  const passphrase = randomBytes(16).toString("hex");
  const stack = await createWorkspace({
    engine,
    program: { directory: fileURLToPath(project) },
    config: { baseUrl: sandbox.url },
    env: {
      PULUMI_CONFIG_PASSPHRASE: passphrase,
      ...(backend === undefined ? {} : { PULUMI_BACKEND_URL: backend.url, ...backend.developer }),
    },
  });

  const home = join(stack.root, "runner");
  const temporary = join(home, "temp");
  const versions = join(home, ".pulumi", "versions", release.version);
  for (const folder of [temporary, versions]) await mkdir(folder, { recursive: true });
  // Where `npx pulumi` looks before it downloads.
  await symlink(dirname(await realpath(engine.pulumi)), join(versions, "bin"));

  const keys: string[] = [];
  const sinks: Sink[] = [];
  async function run(name: keyof typeof workflows, secret: string, brokenStep?: string): Promise<FinishedJob> {
    const vars = {
      PULUMI_BACKEND_URL: backend?.url ?? pathToFileURL(join(stack.root, "backend")).href,
      PULUMI_STACK: "dev",
      AWS_ROLE_ARN: backend?.role ?? "",
      AWS_REGION: backend?.job["AWS_REGION"] ?? "",
    };
    const contexts = {
      github: { token: github.token, event: { pull_request: { number: github.pullRequest } } },
      vars,
      secrets: { PULUMI_CONFIG_PASSPHRASE: secret },
    };
    const env = {
      PATH: engine.env["PATH"] ?? "",
      HOME: home,
      TMPDIR: temporary,
      CI: "true",
      GITHUB_ACTIONS: "true",
      GITHUB_API_URL: github.url,
      GITHUB_SERVER_URL: "https://github.com",
      GITHUB_REPOSITORY: github.repository,
      GITHUB_RUN_ID: "42",
      // As in a run that was started again 'with debug logging'.
      RUNNER_DEBUG: "1",
      ...backend?.job,
    };
    const job = await runJob(workflows[name], contexts, { workspace: stack.directory, temporary, env }, brokenStep);
    sinks.push(...job.steps.map(({ name: step, log }): Sink => [`log of ${step}`, log]), ["summary", job.summary]);
    sinks.push(["comments", github.comments.map(({ body }) => body).join("\n")]);
    return job;
  }

  return {
    sandbox,
    github,
    stack,
    async setKey(key) {
      keys.push(key);
      await stack.setConfig("deepseek:apiKey", key, { secret: true });
    },
    push: (brokenStep) => run("preview", passphrase, brokenStep),
    night: (secret = passphrase) => run("nightly", secret),
    async leaks() {
      const all = [...sinks, ...(await stack.files())];
      return [...keys, github.token].flatMap((key) => findLeaks(key, all));
    },
    async [Symbol.asyncDispose]() {
      github.close();
      await sandbox.close();
      await stack.remove();
    },
  };
}

/** A fresh key, which meets the given scenario. */
export function newKey(sandbox: Sandbox, scenario: Parameters<Sandbox["use"]>[1]): string {
  const key = shapes.usual();
  sandbox.use(key, scenario);
  return key;
}

/** Adds statements to the example's program, which knows `pulumi`. */
export function addToProgram({ stack }: Repository, statements: string): Promise<void> {
  return appendFile(join(stack.directory, "index.ts"), statements);
}
