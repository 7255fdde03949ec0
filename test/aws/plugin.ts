import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Engine } from "../../examples/demo/engine/engine.ts";
import { onInterruption } from "../../examples/demo/engine/interruption.ts";
import { removeNow } from "../../examples/demo/engine/program.ts";
import type { LocalAws } from "./ministack.ts";

const main = fileURLToPath(new URL("plugin/main.ts", import.meta.url));

/** An engine that creates resources of `@pulumi/aws` in a local AWS. */
export interface AwsEngine extends AsyncDisposable {
  /** Variables for the environment of each command. */
  readonly env: Readonly<Record<string, string>>;
}

/** Puts the test's AWS plugin on the engine's PATH, where the engine looks before it downloads the real one. */
export async function connectEngine(engine: Engine, aws: LocalAws): Promise<AwsEngine> {
  const folder = await mkdtemp(join(tmpdir(), "aws-plugin-"));
  const withdraw = onInterruption(() => removeNow(folder));
  // Type stripping is on by default in Node 24; both paths are our own, without quotes.
  const script = `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`;
  await writeFile(join(folder, "pulumi-resource-aws"), script, { mode: 0o755 });
  return {
    env: { ...aws.env, PATH: [folder, engine.env["PATH"] ?? ""].join(delimiter) },
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true });
      withdraw();
    },
  };
}
