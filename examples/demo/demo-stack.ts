import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { sandboxKey } from "../../provider/sandbox/accounts.ts";
import { type Sandbox, startSandbox } from "../../provider/sandbox/server.ts";
import { check } from "./claims.ts";
import type { CommandResult } from "./engine/command.ts";
import { ensureEngine } from "./engine/engine.ts";
import { buildPackage } from "./engine/package.ts";
import { createWorkspace, type Workspace } from "./engine/workspace.ts";
import { progress, showCommand, showOutput } from "./narration.ts";
import { shorten } from "./shorten.ts";

const repository = new URL("../../", import.meta.url);

/** The keys in the demo. */
interface Keys {
  /** Always rejected. */
  readonly dead: string;
  /** The good key that the demo deploys. */
  readonly good: string;
  /** Also rejected: a mistyped key in a rotation. */
  readonly mistyped: string;
  /** Replaces the good one. */
  readonly next: string;
}

/** The demo's environment: a Pulumi project with examples/quickstart, and DeepSeek or its stand-in. */
export interface DemoStack {
  /** `undefined` if the demo calls the real service. */
  readonly sandbox: Sandbox | undefined;
  readonly workspace: Workspace;
  readonly keys: Keys;
  /** Identifies a key without revealing it. */
  fingerprint(key: string): string;
  /** Shows the command `pulumi …`, runs it, and shows the end of its output. */
  pulumi(words: string): Promise<CommandResult>;
  /** Sets the stack's key, as a person does with `pulumi config set`. */
  setKey(key: string, description: string): Promise<void>;
}

/** Sets up the environment, plays the demo, and cleans up. @param realKey the key for DeepSeek itself */
export async function withDemoStack(
  realKey: string | undefined,
  play: (stack: DemoStack) => Promise<void>,
): Promise<void> {
  progress("Building the package (npm run build) …");
  await buildPackage();
  const { keyFingerprint } = await import("../../dist/provider/deepseek/redact.js");
  progress("Looking for the Pulumi engine …");
  const engine = await ensureEngine(progress);

  const keys: Keys = {
    dead: sandboxKey("demo: dead"),
    good: realKey ?? sandboxKey("demo: good"),
    mistyped: sandboxKey("demo: mistyped"),
    next: sandboxKey("demo: next"),
  };
  const sandbox = realKey === undefined ? await startSandbox() : undefined;
  try {
    sandbox?.use(keys.good, "good");
    const where = sandbox === undefined ? "DeepSeek itself" : `the sandbox at ${sandbox.url}`;
    progress(`Creating a stack for examples/quickstart, with Pulumi ${engine.version} and ${where} …`);
    await using workspace = await createWorkspace({
      engine,
      name: await projectName(),
      program: { directory: fileURLToPath(new URL("examples/quickstart", repository)) },
      config: sandbox === undefined ? {} : { baseUrl: sandbox.url },
    });
    await play({
      sandbox,
      workspace,
      keys,
      fingerprint: keyFingerprint,
      async pulumi(words) {
        showCommand(`pulumi ${words}`);
        const result = await workspace.run(words.split(" "));
        const shown = withoutKeys(result.all, keys);
        check(`'pulumi ${words}' prints no key.`, shown === result.all, shown);
        showOutput(shorten(result.all));
        return result;
      },
      async setKey(key, description) {
        showCommand(
          "pulumi config set --secret deepseek:apiKey",
          `prompts for the key; entered: ${description}, fingerprint ${keyFingerprint(key)}`,
        );
        await workspace.setConfig("deepseek:apiKey", key, { secret: true });
      },
    });
  } finally {
    await sandbox?.close();
  }
}

/** The project's name, which is the namespace of the program's settings. */
async function projectName(): Promise<string> {
  const name = /^name: *(\S+)$/m.exec(await readFile(new URL("Pulumi.yaml", repository), "utf8"))?.[1];
  if (name === undefined) throw new Error("The project has no name in Pulumi.yaml.");
  return name;
}

function withoutKeys(text: string, keys: Keys): string {
  return Object.values(keys).reduce((shown: string, key: string) => shown.replaceAll(key, "[a key!]"), text);
}
