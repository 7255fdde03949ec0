import { fileURLToPath } from "node:url";
import type { Engine } from "../../examples/demo/engine/engine.ts";
import { createWorkspace } from "../../examples/demo/engine/workspace.ts";
import { sandboxKey } from "../../provider/sandbox/accounts.ts";
import { startSandbox } from "../../provider/sandbox/server.ts";
import { startHosts } from "../support/deepseek-host.ts";

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
    await using hosts = await startHosts({ "api.deepseek.com": sandbox.url });
    await stack.setConfig("deepseek:apiKey", key, { secret: true });
    const { code, all } = await stack.run(["preview", "--color", "always"], { env: hosts.env });
    if (code === 0) throw new Error(`The preview should have failed:\n${all}`);
    return withoutProgress(all);
  } finally {
    await sandbox.close();
  }
}
