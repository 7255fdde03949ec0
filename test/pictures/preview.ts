import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Engine } from "../../examples/demo/engine/engine.ts";
import { createWorkspace } from "../../examples/demo/engine/workspace.ts";
import { sandboxKey } from "../../provider/sandbox/accounts.ts";
import { startSandbox } from "../../provider/sandbox/server.ts";
import { deepSeekHere } from "./deepseek-here.ts";

const directory = fileURLToPath(new URL("../../examples/quickstart", import.meta.url));

/** Removes the lines of progress, whose number depends on the duration. */
function withoutProgress(output: string): string {
  const lines = output.trim().split("\n");
  const result = lines.findIndex((line) => line.includes("Diagnostics:"));
  if (result === -1) throw new Error(`The preview has no diagnostics:\n${output}`);
  return [lines[0], "", ...lines.slice(result)].join("\n");
}

/** Returns the output of `pulumi preview` of examples/quickstart with a revoked key, in colour. */
export async function failingPreview(engine: Engine): Promise<string> {
  const sandbox = await startSandbox();
  const key = sandboxKey("revoked");
  sandbox.use(key, "wrong-key");
  try {
    await using stack = await createWorkspace({ engine, program: { directory }, name: "deepseek-quickstart" });
    using here = await deepSeekHere("api.deepseek.com", sandbox.port, join(stack.root, "authority.pem"));
    await stack.setConfig("deepseek:apiKey", key, { secret: true });
    const { code, all } = await stack.run(["preview", "--color", "always"], { env: here.env });
    if (code === 0) throw new Error(`The preview should have failed:\n${all}`);
    return withoutProgress(all);
  } finally {
    await sandbox.close();
  }
}
