import { describe } from "vitest";
import type { CommandResult } from "../../examples/demo/engine/command.ts";
import { crashCase } from "./case.ts";
import { type CrashStack, crashStack, type Operation } from "./crash-stack.ts";
import { upDuring } from "./interfere.ts";
import { ending, recover } from "./recovery.ts";

/* Two deployments of one stack in parallel. */

describe.concurrent.each(["create", "update"] as const satisfies readonly Operation[])(
  "%s: two ups at once",
  (operation) => {
    crashCase("the second starts during the test call of the first", "locked, works; new; up; new", async () => {
      await using crash = await crashStack(operation);
      const second = Promise.withResolvers<CommandResult>();
      const moment = crash.moments.asked("POST /chat/completions", 1);
      const first = await upDuring(moment, crash.stack, async () => second.resolve(await up(crash)));
      return await outcome(crash, [first, await second.promise]);
    });

    // Each may find the other's lock and fail, or start after the other has ended.
    const before = operation === "create" ? "nothing" : "old";
    const chances = ["locked, works; new; up; new", `locked, locked; ${before}; up; new`, "works, works; new; up; new"];
    crashCase("both start at the same time", chances, async () => {
      await using crash = await crashStack(operation);
      return await outcome(crash, await Promise.all([up(crash), up(crash)]));
    });
  },
);

function up({ stack }: CrashStack): Promise<CommandResult> {
  return stack.up("--skip-preview");
}

async function outcome(crash: CrashStack, both: readonly CommandResult[]): Promise<string> {
  return `${both.map(ending).toSorted().join(", ")}; ${await recover(crash, both)}`;
}
