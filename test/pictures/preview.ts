import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sandboxKey } from "../../examples/sandbox/keys.ts";
import { startSandbox } from "../../examples/sandbox/server.ts";
import type { Engine } from "../engine/engine.ts";
import { createWorkspace } from "../engine/workspace.ts";
import { deepSeekHere } from "./deepseek-here.ts";

const directory = fileURLToPath(new URL("../../examples/quickstart", import.meta.url));

/** What `pulumi preview` of examples/quickstart prints when its key was revoked, in colour. */
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
    return all
      .split("\n")
      .filter((line) => !line.includes("@ previewing update"))
      .join("\n")
      .trim();
  } finally {
    await sandbox.close();
  }
}
