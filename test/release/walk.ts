import { spawn } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { basename, isAbsolute, join } from "node:path";
import { type CommandResult, type Environment, lastLines, runCommand } from "../../examples/demo/engine/command.ts";
import type { Engine } from "../../examples/demo/engine/engine.ts";
import { onInterruption } from "../../examples/demo/engine/interruption.ts";
import { killFamily } from "../../examples/demo/engine/processes.ts";
import { createWorkspace, type Workspace } from "../../examples/demo/engine/workspace.ts";
import { type ManagerName, managers } from "../adoption/managers.ts";
import { freePort } from "../support/free-port.ts";
import { blocksOf, commandsOf } from "../support/markdown.ts";
import { environmentIn } from "./home.ts";

/** What a walk needs. */
export interface WalkOptions {
  readonly engine: Engine;
  readonly registry: string;
  /** The README as it is published. */
  readonly readme: string;
  /** An empty folder for everything that the walk writes, with an empty HOME in it. */
  readonly folder: string;
  /** The folder of pnpm's executable. */
  readonly pnpm: string;
  /** Everything that the commands print is added to this file. */
  readonly log: string;
  readonly progress: (line: string) => void;
}

/** From an empty folder to a checked key, in milliseconds. */
const MAX_FIRST_CHECK_MS = 120_000;

/** How long the sandbox may take to print its keys, in milliseconds. */
const START_MS = 60_000;

/** The package managers whose users the walk plays, with the words that add a package. */
const adds = {
  npm: ["npm", "install"],
  pnpm: ["pnpm", "add"],
  yarn: [...managers.yarn.install.slice(0, -1), "add"],
} as const satisfies Partial<Record<ManagerName, readonly string[]>>;

export type Walker = keyof typeof adds;
export const walkers = Object.keys(adds) as readonly Walker[];

/** The development dependencies of `pulumi new typescript`, and the SDK. */
const project = {
  name: "walk",
  private: true,
  main: "index.ts",
  devDependencies: { "@types/node": "^24", typescript: "^5.9" },
  dependencies: { "@pulumi/pulumi": "^3" },
};

/** Runs a command in a folder, which must succeed. @returns what it printed */
type Run = (words: readonly string[], cwd: string, input?: string) => Promise<string>;

/** What Pulumi gives a program that is tested without an engine. */
const mocks = `import * as pulumi from "@pulumi/pulumi";
pulumi.runtime.setMocks({
  newResource: ({ name, inputs }) => ({
    id: name,
    state: { ...inputs, name, arn: \`arn:aws:test:eu-central-1:111122223333:\${name}\` },
  }),
  call: () => ({ accountId: "111122223333", region: "eu-central-1", partition: "aws", dnsSuffix: "amazonaws.com" }),
});
const connection = { apiKey: "sk-" + "0".repeat(32) };
`;

/**
 * Follows the published README from an empty folder and an empty HOME.
 *
 * @returns what was true, in words
 * @throws Error if a command fails or prints something else than the README promises
 */
export async function walk(walker: Walker, options: WalkOptions): Promise<readonly string[]> {
  const { engine, registry, readme, progress } = options;
  const folder = mkdtempSync(join(options.folder, `${walker}-`));
  const home = join(folder, "home");
  mkdirSync(home);
  writeFileSync(join(home, ".npmrc"), `registry=${registry}\n`);
  const env = environmentIn(home, [options.pnpm]);
  const done: string[] = [];
  /** Runs a command, which must succeed. @returns what it printed */
  const follow = async (words: readonly string[], command: () => Promise<CommandResult>): Promise<string> => {
    progress(`${walker}: ${words.map((word) => (isAbsolute(word) ? basename(word) : word)).join(" ")}`);
    const { code, all } = await command();
    appendFileSync(options.log, `\n$ ${words.join(" ")}\n${all}`);
    if (code !== 0) throw new Error(`'${words.join(" ")}' failed:\n${lastLines(all)}`);
    return all;
  };
  const run: Run = (words, cwd, input) => {
    const [file = "", ...parameters] = words;
    return follow(words, () => runCommand(file, parameters, { cwd, env, input }));
  };

  // 1. A checked key, with nothing but Node.
  const begun = performance.now();
  const empty = join(folder, "first");
  mkdirSync(empty);
  const settings = filesFor(walker, registry);
  for (const [file, content] of Object.entries(settings)) {
    writeFileSync(join(empty, file), content);
  }
  writeFileSync(join(empty, "package.json"), "{}");
  const packageName = packageIn(readme);
  await run([...adds[walker], packageName], empty);
  const { sandbox, key } = await startSandbox(walker, empty, env, options.log);
  try {
    const check = [...managers[walker].exec, packageName, "check", "--key-file", "-", "--base-url", sandbox.url];
    expectText(await run(check, empty, key), /^✓ valid/m, "a valid key");
    const took = performance.now() - begun;
    if (took > MAX_FIRST_CHECK_MS)
      throw new Error(`It took ${seconds(took)} to the first checked key, more than two minutes.`);
    done.push(`a key checked ${seconds(took)} after an empty folder`);

    // 2. The README's program, on the engine.
    const workspace = await createWorkspace({
      engine,
      name: "walk",
      program: {
        ...settings,
        "package.json": JSON.stringify(project),
        "index.ts": programIn(readme, sandbox.url),
      },
      env: { HOME: home, PATH: env["PATH"] ?? "" },
      install: async (target) => {
        await run(managers[walker].install, target);
        await run([...adds[walker], packageName], target);
      },
    });
    try {
      await workspace.setConfig("deepseek:apiKey", key, { secret: true });
      for (const step of [["preview"], ["up", "--yes"], ["destroy", "--yes"]]) {
        const printed = await follow(["pulumi", ...step], () => workspace.run(step));
        if (printed.includes(key)) throw new Error(`'pulumi ${step[0]}' printed the key.`);
      }
      done.push("the program previewed, deployed and destroyed");

      // 3. The monitor, with Pulumi's mocks, since it needs an AWS account.
      await addMonitor(walker, workspace, readme, run);
      done.push("the monitor compiled and planned");
    } finally {
      await workspace.remove();
    }
  } finally {
    sandbox.stop();
  }
  return done;
}

async function addMonitor(walker: Walker, { directory }: Workspace, readme: string, run: Run): Promise<void> {
  const [aws = ""] = /@pulumi\/aws@\d+/.exec(readme) ?? [];
  if (aws === "") throw new Error("The README does not say which version of @pulumi/aws the monitor needs.");
  await run([...adds[walker], aws], directory);
  const lines = programWith("DeepSeekMonitor", readme).split("\n");
  const imports = lines.filter((line) => line.startsWith("import "));
  const others = lines.filter((line) => !line.startsWith("import "));
  const report = "monitor.alarmNames.apply((names) => console.log(names.length, 'alarms'));\n";
  writeFileSync(join(directory, "monitor.ts"), [...imports, mocks, ...others, report].join("\n"));
  const compiler = [
    "tsc",
    "--noEmit",
    "--strict",
    "--skipLibCheck",
    "--target",
    "es2022",
    "--module",
    "nodenext",
    "--types",
    "node",
    "monitor.ts",
  ];
  await run([...managers[walker].exec, ...compiler], directory);
  expectText(await run(["node", "monitor.ts"], directory), /^\d+ alarms$/m, "the number of alarms");
}

/** The settings of a package manager for a registry on this machine. */
function filesFor(walker: Walker, registry: string): Readonly<Record<string, string>> {
  const files: Readonly<Record<string, string>> = managers[walker].files(registry);
  const { ".yarnrc.yml": yarn, ...others } = files;
  if (yarn === undefined) return files;
  return { ...others, ".yarnrc.yml": JSON.stringify({ ...JSON.parse(yarn), unsafeHttpWhitelist: ["127.0.0.1"] }) };
}

/** The package that the README installs. */
function packageIn(readme: string): string {
  const commands = blocksOf(readme).flatMap(({ language, code }) => (language === "sh" ? commandsOf(code) : []));
  const [name] = commands.flatMap((command) => /^npm install ([\w-]+)$/.exec(command)?.[1] ?? []);
  if (name === undefined) throw new Error("The published README has no command 'npm install <package>'.");
  return name;
}

/** The README's first program, with the sandbox in place of DeepSeek. */
function programIn(readme: string, url: string): string {
  const program = programWith("DeepSeekConnection", readme);
  return program.replace(/(new DeepSeekConnection\("\w+", \{)/, `$1\n  baseUrl: "${url}",`);
}

/** The README's first program that creates such a resource. */
function programWith(resource: string, readme: string): string {
  const program = blocksOf(readme).find(({ language, code }) => language === "ts" && code.includes(`new ${resource}(`));
  if (program === undefined) throw new Error(`The README has no program with a ${resource}.`);
  return program.code;
}

/** Starts the sandbox as the README says, and reads a good key from what it prints. */
async function startSandbox(walker: Walker, cwd: string, env: Environment, log: string) {
  const port = await freePort();
  const words = [...managers[walker].exec, "pulumi-deepseek", "sandbox", "--port", String(port)];
  const [file = "", ...parameters] = words;
  const child = spawn(file, parameters, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const stop = () => {
    if (child.pid !== undefined) killFamily(child.pid);
  };
  const withdraw = onInterruption(stop);
  let printed = "";
  const ready = Promise.withResolvers<string>();
  const read = (chunk: Buffer) => {
    printed += chunk.toString();
    const [, good] = /^\s*good\s+(sk-\S+)/m.exec(printed) ?? [];
    if (good !== undefined) ready.resolve(good);
  };
  child.stdout.on("data", read);
  child.stderr.on("data", read);
  child.on("exit", () => ready.reject(new Error(`The sandbox ended:\n${lastLines(printed)}`)));
  const late = setTimeout(
    () => ready.reject(new Error(`The sandbox printed no good key:\n${lastLines(printed)}`)),
    START_MS,
  );
  const key = await ready.promise.finally(() => clearTimeout(late));
  appendFileSync(log, `\n$ ${words.join(" ")}\n${printed}`);
  return {
    key,
    sandbox: {
      url: `http://127.0.0.1:${port}`,
      stop() {
        withdraw();
        child.removeAllListeners("exit");
        stop();
      },
    },
  };
}

function expectText(text: string, pattern: RegExp, what: string): void {
  if (!pattern.test(text)) throw new Error(`Expected ${what} in:\n${lastLines(text)}`);
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(0)} s`;
}
