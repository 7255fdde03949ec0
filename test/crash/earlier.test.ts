import { readdir, readFile } from "node:fs/promises";
import { describe, inject } from "vitest";
import type { CommandResult } from "../../examples/demo/engine/command.ts";
import { createWorkspace } from "../../examples/demo/engine/workspace.ts";
import { startSandbox } from "../../provider/sandbox/server.ts";
import { freshKey } from "../support/keys.ts";
import { oneConnection } from "../support/programs.ts";
import { crashCase } from "./case.ts";
import { fixtureKey, fixturePassphrase, fixtureUrl } from "./earlier/fixture.ts";
import { ending } from "./recovery.ts";
import { stored } from "./stored.ts";

/* States written by released versions of the package. `earlier/make.ts` stores one, which is never changed afterwards. */

const folder = new URL("earlier/", import.meta.url);
const states = (await readdir(folder)).filter((name) => name.endsWith(".json"));

describe("a state of an earlier version", () => {
  for (const name of states) {
    const expected =
      "import works; old; refresh works; up works; old; up with a new key works; new; destroy works; nothing";
    crashCase(name.replace(/\.json$/, ""), expected, async () => {
      const sandbox = await startSandbox({ defaultScenario: "good" });
      await using stack = await createWorkspace({
        engine: inject("engine"),
        program: oneConnection(),
        config: { url: sandbox.url },
        env: { PULUMI_CONFIG_PASSPHRASE: fixturePassphrase },
      });
      const keys = { old: fixtureKey, new: freshKey() };
      const steps: string[] = [];
      const said: CommandResult[] = [];
      const run = async (name: string, ...words: string[]) => {
        const result = await stack.run(words);
        said.push(result);
        steps.push(`${name} ${ending(result)}`);
      };
      const look = async () => steps.push(await stored(stack, keys, said));
      try {
        // The sandbox's port varies, and the state contains the URL in plain text.
        const state = (await readFile(new URL(name, folder), "utf8")).replaceAll(fixtureUrl, sandbox.url);
        await stack.write("state.json", state);
        await stack.setConfig("deepseek:apiKey", keys.old, { secret: true });
        await run("import", "stack", "import", "--file", "state.json");
        await look();
        await run("refresh", "refresh", "--yes", "--expect-no-changes");
        await run("up", "up", "--yes", "--skip-preview", "--expect-no-changes");
        await look();
        await stack.setConfig("deepseek:apiKey", keys.new, { secret: true });
        await run("up with a new key", "up", "--yes", "--skip-preview");
        await look();
        await run("destroy", "destroy", "--yes", "--skip-preview");
        await look();
        return steps.join("; ");
      } finally {
        await sandbox.close();
      }
    });
  }
});
