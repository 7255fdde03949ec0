/** Stores the state of the current version, for tests of all later versions: `node test/crash/earlier/make.ts`. */
import { writeFile } from "node:fs/promises";
import { ensureEngine } from "../../../examples/demo/engine/engine.ts";
import { buildPackage } from "../../../examples/demo/engine/package.ts";
import { createWorkspace } from "../../../examples/demo/engine/workspace.ts";
import own from "../../../package.json" with { type: "json" };
import { startSandbox } from "../../../provider/sandbox/server.ts";
import { oneConnection } from "../../support/programs.ts";
import { fixtureKey, fixturePassphrase, fixtureUrl } from "./fixture.ts";

await buildPackage();
const engine = await ensureEngine(console.log);
const sandbox = await startSandbox({ port: Number(new URL(fixtureUrl).port), defaultScenario: "good" });
try {
  await using stack = await createWorkspace({
    engine,
    program: oneConnection(),
    config: { url: fixtureUrl },
    env: { PULUMI_CONFIG_PASSPHRASE: fixturePassphrase },
  });
  await stack.setConfig("deepseek:apiKey", fixtureKey, { secret: true });
  const { code, all } = await stack.up("--skip-preview");
  if (code !== 0) throw new Error(all);
  // Removes paths of this machine.
  const isPlace = (name: string) => name === "sourcePosition" || name === "stackTrace";
  const state = JSON.parse(await stack.exportStack(), (name, value) => (isPlace(name) ? undefined : value));
  const file = new URL(`${own.version}.json`, import.meta.url);
  await writeFile(file, `${JSON.stringify(state, undefined, 2)}\n`);
  console.log(`Written: test/crash/earlier/${own.version}.json`);
} finally {
  await sandbox.close();
}
