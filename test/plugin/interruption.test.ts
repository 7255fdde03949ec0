import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, inject, it, onTestFinished, vi } from "vitest";
import type { CommandResult } from "../../examples/demo/engine/command.ts";
import { killFamily } from "../../examples/demo/engine/processes.ts";
import { type CrashStack, crashStack } from "../crash/crash-stack.ts";
import { pluginNote } from "../crash/interfere.ts";
import type { Moment } from "../crash/moments.ts";
import { ending, recover } from "../crash/recovery.ts";
import { pluginShell } from "../crash/shells.ts";

/* Only the engine gets a signal, to see what happens to the plugin. `test/crash` kills both at each step. */

interface Signalled {
  readonly result: CommandResult;
  /** The time from the signal to the end of `pulumi up`. */
  readonly seconds: number;
  /** The process id of the plugin. */
  readonly plugin: number;
}

/** Runs `pulumi up`, and sends a signal to it at a given moment. What it leaves running is killed after the test. */
async function upSignalled(
  signal: NodeJS.Signals,
  moment: Moment,
  { stack }: CrashStack,
  flags: readonly string[],
): Promise<Signalled> {
  // `stack.up` would kill the processes that the engine leaves behind.
  const { stdout: environment } = await stack.execute([process.execPath, "-p", "JSON.stringify(process.env)"]);
  const note = pluginNote(stack);
  const up = spawn(inject("engine").pulumi, ["up", "--yes", "--non-interactive", ...flags], {
    cwd: stack.directory,
    env: { ...JSON.parse(environment), ...note.env },
    detached: true,
  });
  onTestFinished(() => {
    if (up.pid !== undefined) killFamily(up.pid);
  });
  let all = "";
  for (const stream of [up.stdout, up.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      all += text;
    });
  }
  const exit = once(up, "exit");
  await Promise.race([moment.reached, exit]);
  expect(up.exitCode, `It ended before the moment came:\n${all}`).toBeNull();
  const plugin = await note.pid();
  expect(isRunning(plugin)).toBe(true);

  const start = performance.now();
  up.kill(signal);
  const [code] = await exit;
  const seconds = (performance.now() - start) / 1_000;
  return { result: { code, stdout: all, stderr: "", all }, seconds, plugin };
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const testCall = ({ moments }: CrashStack) => moments.asked("POST /chat/completions", 1);
const firstProbe = ({ moments }: CrashStack) => moments.asked("GET /models", 1);

describe("Ctrl-C ends a deployment with the plugin within seconds, and leaves no process of the plugin running", () => {
  it.each([
    { during: "the test call of a create", operation: "create", momentOf: testCall, flags: ["--skip-preview"] },
    { during: "the test call of an update", operation: "update", momentOf: testCall, flags: ["--skip-preview"] },
    { during: "the probe in the preview of an update", operation: "update", momentOf: firstProbe, flags: [] },
  ] as const)("during $during, which changes nothing", async ({ operation, momentOf, flags }) => {
    await using crash = await crashStack(operation, pluginShell);
    const moment = momentOf(crash);
    // The call stays unanswered until `up` has ended, so only the interruption can end it.
    const { result, seconds, plugin } = await upSignalled("SIGINT", moment, crash, flags);
    await vi.waitFor(() => expect(isRunning(plugin)).toBe(false), { timeout: 2_000 });
    moment.release();
    // It takes less than 0.1 s. If the plugin does not end its calls, it takes 20 s or more.
    expect(seconds, result.all).toBeLessThan(10);
    const before = operation === "create" ? "nothing" : "old";
    expect(`${ending(result)}; ${await recover(crash, [result])}`).toBe(`fails; ${before}; up; new`);
  });
});

it("a plugin whose engine was killed during the test call ends by itself, and the old key stays stored", async () => {
  await using crash = await crashStack("update", pluginShell);
  const moment = testCall(crash);
  const { result, plugin } = await upSignalled("SIGKILL", moment, crash, ["--skip-preview"]);
  // It looks every 5 seconds whether its engine is still there.
  await vi.waitFor(() => expect(isRunning(plugin)).toBe(false), { timeout: 15_000, interval: 200 });
  moment.release();
  const recovered = await recover(crash, [result]);
  expect(`${ending(result)}; ${recovered}`).toBe("killed; old, pending updating; locked; cancel; up; new");
});
