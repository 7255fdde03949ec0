import { describe } from "vitest";
import type { CommandResult } from "../../examples/demo/engine/command.ts";
import { crashCase } from "./case.ts";
import { upDuring } from "./interfere.ts";
import { ending, recover } from "./recovery.ts";
import { type Operation, type Stage, stage } from "./stage.ts";

/* Two at once. */

describe.concurrent.each(["create", "update"] as const satisfies readonly Operation[])(
  "%s: two ups at once",
  (operation) => {
    crashCase("the second comes during the test call of the first", "locked, works; new; up; new", async () => {
      await using scene = await stage(operation);
      const second = Promise.withResolvers<CommandResult>();
      const moment = scene.moments.asked("POST /chat/completions", 1);
      const first = await upDuring(moment, scene.stack, async () => second.resolve(await up(scene)));
      return await outcome(scene, [first, await second.promise]);
    });

    // Each may see the other's lock and give up, or begin when the other has ended.
    const before = operation === "create" ? "nothing" : "old";
    const chances = ["locked, works; new; up; new", `locked, locked; ${before}; up; new`, "works, works; new; up; new"];
    crashCase("both begin together", chances, async () => {
      await using scene = await stage(operation);
      return await outcome(scene, await Promise.all([up(scene), up(scene)]));
    });
  },
);

function up({ stack }: Stage): Promise<CommandResult> {
  return stack.up("--skip-preview");
}

async function outcome(scene: Stage, both: readonly CommandResult[]): Promise<string> {
  return `${both.map(ending).toSorted().join(", ")}; ${await recover(scene, both)}`;
}
