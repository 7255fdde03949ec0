import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, realpath, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import release from "pulumi/package.json" with { type: "json" };
import { expect, inject, it } from "vitest";
import { runCommand } from "../../examples/demo/engine/command.ts";
import { createWorkspace } from "../../examples/demo/engine/workspace.ts";
import { type SandboxOptions, startSandbox } from "../../provider/sandbox/server.ts";
import { freshKey } from "../support/keys.ts";
import { findLeaks, type Sink } from "../support/leaks.ts";
import { readWorkflow, stepsOf } from "../support/workflow.ts";
import { example, GitHub } from "./github.ts";

/* The commands of the workflows that a user copies, with the real engine and the state in a folder. */

it("the preview workflow fails on a rejected key, and its comment says what to do, without the key", async () => {
  await using repository = await createRepository();
  const { github, sandbox } = repository;
  const key = await repository.setKey();
  sandbox.use(key, "wrong-key");
  expect(await repository.run("preview")).toMatchObject({ code: 1 });
  const [failed] = github.written;
  expect(failed).toMatch(/^<!-- .* -->\n### Preview of `dev`: failed\n\n {4}Previewing update \(dev\):\n/);
  expect(failed).toMatch(/'main' has a problem: apiKey \(fingerprint [0-9a-f]{12}\): .* rejects this API key/);
  expect(failed).toContain("Check that this key belongs to this base URL");
  expect(failed).toContain("pulumi config set deepseek:verify none");

  sandbox.use(key, "good");
  expect(await repository.run("preview")).toMatchObject({ code: 0 });
  const [passed, ...others] = github.written;
  expect(passed).toMatch(/^<!-- .* -->\n### Preview of `dev`: passed\n/);
  expect(passed).toMatch(/^ {4} \+ {2}pulumi-nodejs:dynamic\/deepseek:DeepSeekConnection main create/m);
  expect(others).toEqual([]);
  expect(await repository.leaks()).toEqual([]);
});

it("the nightly workflow passes while the key works, fails when it was revoked, and writes nothing to the state", async () => {
  await using repository = await createRepository();
  const { sandbox, stack } = repository;
  const key = await repository.setKey();
  sandbox.use(key, "good");
  expect(await stack.up()).toMatchObject({ code: 0 });
  const writes = await repository.lastWrites();

  const well = await repository.run("nightly");
  expect(well).toMatchObject({
    code: 0,
    summary: expect.stringMatching(/^### Every DeepSeek connection is healthy\n/),
  });

  sandbox.use(key, "overloaded");
  const outage = await repository.run("nightly");
  expect(outage.code).toBe(0);
  expect(outage.summary).toMatch(/^### A DeepSeek connection could not be checked: nothing is known about its key/);
  expect(outage.summary).toMatch(/^ {4} {4}warning: DeepSeekConnection 'main': .*HTTP 503/m);

  sandbox.revoke(key);
  const revoked = await repository.run("nightly");
  expect(revoked.code).toBe(7);
  expect(revoked.log).toMatch(/^::error::Drift: a DeepSeek connection is unhealthy\. Its key was revoked/m);
  expect(revoked.summary).toMatch(/^### Drift: a DeepSeek connection is unhealthy\. Its key was revoked/);
  expect(revoked.summary).toContain("pulumi config set --secret deepseek:apiKey");
  expect(revoked.summary).toMatch(/^ {4}.*warning: DeepSeekConnection 'main': .* rejects this API key/m);

  const failure = await repository.run("nightly", "not the passphrase");
  expect(failure.code).toBeGreaterThan(0);
  expect(failure.summary).toMatch(/^### The check itself failed \(exit code \d+\): nothing is known about the keys\n/);
  expect(failure.summary).toMatch(/^ {4}error: .*passphrase/m);

  expect(await repository.lastWrites()).toEqual(writes);
  expect(await repository.leaks()).toEqual([]);
});

it("the nightly workflow fails when a key dies behind a gateway that lists its models to anyone, and a refresh stores it", async () => {
  await using repository = await createRepository({ publicModels: true });
  const { sandbox, stack } = repository;
  const key = await repository.setKey();
  sandbox.use(key, "good");
  expect(await stack.up()).toMatchObject({ code: 0 });
  expect(await repository.run("nightly")).toMatchObject({
    code: 0,
    summary: expect.stringMatching(/^### Every DeepSeek connection is healthy\n/),
  });

  sandbox.revoke(key);
  // What makes it hard: the list of models alone would still look well.
  const list = await fetch(new URL("models", `${sandbox.url}/`), { headers: { authorization: `Bearer ${key}` } });
  expect(list.status).toBe(200);
  const revoked = await repository.run("nightly");
  expect(revoked.code).toBe(7);
  expect(revoked.log).toMatch(/^::error::Drift: a DeepSeek connection is unhealthy\. Its key was revoked/m);
  expect(revoked.summary).toMatch(/^ {4}.*warning: DeepSeekConnection 'main': .* rejects this API key/m);

  expect(await stack.refresh()).toMatchObject({
    code: 0,
    all: expect.stringMatching(/warning: DeepSeekConnection 'main': .* rejects this API key/),
  });
  expect(await stack.exportStack()).toMatch(/"status": "invalid"/);
  expect(await repository.leaks()).toEqual([]);
});

/** Creates a repository from the example, with a stack `dev` and a simulated GitHub that runs its workflows. */
async function createRepository(service: SandboxOptions = {}) {
  const engine = inject("engine");
  const passphrase = randomBytes(16).toString("hex");
  const sandbox = await startSandbox(service);
  const github = await GitHub.start();
  const stack = await createWorkspace({
    engine,
    program: { directory: fileURLToPath(example) },
    config: { baseUrl: sandbox.url },
    env: { PULUMI_CONFIG_PASSPHRASE: passphrase },
  });
  const backend = join(stack.root, "backend");
  const home = join(stack.root, "runner");
  const versions = join(home, ".pulumi", "versions", release.version);
  await mkdir(versions, { recursive: true });
  // `npx pulumi` looks here for the engine of its version before it downloads it.
  await symlink(dirname(await realpath(engine.pulumi)), join(versions, "bin"));

  const keys: string[] = [];
  const sinks: Sink[] = [];
  return {
    sandbox,
    github,
    stack,

    /** Stores a fresh key in the stack's configuration, as a pull request would change it. */
    async setKey(): Promise<string> {
      const key = freshKey();
      keys.push(key);
      await stack.setConfig("deepseek:apiKey", key, { secret: true });
      return key;
    },

    /**
     * Runs a workflow's commands in order, each with the shell and the variables of the workflow. Skips actions and the
     * installation, since the machine already has what they install. Of the conditions only one rule is applied: after a
     * failure, only steps run whose condition allows it.
     *
     * @returns the exit code of the first failed step, or 0; the log; the job summary
     */
    async run(name: "preview" | "nightly", secret = passphrase) {
      const workflow = readWorkflow(new URL(`.github/workflows/${name}.yml`, example));
      expect(workflow.defaults?.run.shell).toBe("bash");
      const summaryFile = join(home, "summary.md");
      await writeFile(summaryFile, "");
      const values: Record<string, string> = {
        "github.event.pull_request.number": github.pullRequest,
        "github.token": github.token,
        "secrets.PULUMI_CONFIG_PASSPHRASE": secret,
        "vars.PULUMI_BACKEND_URL": pathToFileURL(backend).href,
        "vars.PULUMI_STACK": "dev",
      };
      let code: number | null = 0;
      let log = "";
      for (const { id, if: condition = "", run, env } of stepsOf(workflow)) {
        // Any npm command would change the packages of this repository, to which the workspace has a link.
        if (run === undefined || run.startsWith("npm ")) continue;
        if (code !== 0 && !/(always|cancelled|failure)\(\)/.test(condition)) continue;
        const given = Object.entries({ ...Object.values(workflow.jobs)[0]?.env, ...env });
        // As GitHub starts it for `shell: bash`.
        const step = await runCommand("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", run], {
          cwd: stack.directory,
          env: {
            ...github.env,
            CI: "true",
            GITHUB_STEP_SUMMARY: summaryFile,
            GITHUB_WORKSPACE: stack.directory,
            HOME: home,
            PATH: engine.env["PATH"],
            RUNNER_TEMP: home,
            TMPDIR: home,
            ...Object.fromEntries(given.map(([variable, content]) => [variable, filledIn(content, values)])),
          },
        });
        values[`steps.${id}.outcome`] = step.code === 0 ? "success" : "failure";
        code ||= step.code;
        log += step.all;
      }
      const summary = await readFile(summaryFile, "utf8");
      sinks.push(["log", log], ["summary", summary], ["comments", github.written.join("\n")]);
      return { code, log, summary };
    },

    /** The last modification of each file and folder of the state. This also shows a lock that was removed. */
    async lastWrites(): Promise<ReadonlyMap<string, number>> {
      const paths = [".", ...(await readdir(backend, { recursive: true }))];
      const write = async (path: string) => [path, (await stat(join(backend, path))).mtimeMs] as const;
      return new Map(await Promise.all(paths.map(write)));
    },

    /** Searches logs, comments, summaries and files for a key or the job's token. */
    async leaks(): Promise<string[]> {
      const all = [...sinks, ...(await stack.files())];
      return [...keys, github.token].flatMap((secret) => findLeaks(secret, all));
    },

    async [Symbol.asyncDispose](): Promise<void> {
      github.close();
      await sandbox.close();
      await stack.remove();
    },
  };
}

/** Fills in the expressions of a variable. Commands have no expressions, which test/package checks. */
function filledIn(content: string, values: Readonly<Record<string, string>>): string {
  return content.replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, expression: string) => {
    expect(Object.keys(values), "the expressions that have a value here").toContain(expression);
    return values[expression] ?? "";
  });
}
