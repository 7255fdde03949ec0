import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Bundle, buildBundle } from "./support/bundle.ts";
import { plainEnvironment, type Scene, setScene } from "./support/scene.ts";

/** In milliseconds: longer than the sandbox, a Node server, keeps idle connections open. */
const FROZEN = 7_000;

let bundle: Bundle;
let scene: Scene;
let warm: ChildProcess;
beforeAll(async () => {
  [bundle, scene] = await Promise.all([buildBundle(), setScene()]);
});
afterAll(async () => {
  warm?.kill("SIGKILL");
  bundle[Symbol.dispose]();
  await scene[Symbol.asyncDispose]();
});

/** A function as Lambda keeps it: one process that receives one event after another and is frozen in between. */
function start(): ChildProcess {
  const program = `
    const { handler } = require(process.env.BUNDLE);
    process.on("message", async (event) => {
      process.send(await handler(event, { awsRequestId: "request", getRemainingTimeInMillis: () => 10_000 }));
    });
  `;
  const env = { ...(plainEnvironment as Record<string, string>), ...scene.secrets.environment, BUNDLE: bundle.file };
  return spawn(process.execPath, ["-e", program], { env, stdio: ["ignore", "ignore", "inherit", "ipc"] });
}

// Lambda freezes a function between two runs, and the service closes the connections in the meantime. The next run must not
// reuse one of them: its first calls would fail, and the balance, whose call is not retried, would be missing each time.
test("after a freeze every call reaches the service, including those that are not retried", async () => {
  scene.store("prod", "good");
  const event = { shard: "0", connections: ["a", "b", "c"].map((name) => ({ ...scene.connection("prod"), name })) };
  warm = start();
  for (const run of ["cold", "thawed"]) {
    scene.sandbox.clearRequests();
    // It receives the event as soon as it thaws, before it notices that its connections are closed.
    warm.send(event);
    warm.kill("SIGCONT");
    const [summary] = await once(warm, "message");
    expect(summary, run).toMatchObject({ probed: 3, verdicts: { valid: 3 } });
    expect(scene.sandbox.requests.map(({ path }) => path).toSorted(), run).toEqual(
      ["/models", "/user/balance", "/chat/completions"].flatMap((path) => Array(3).fill(path)).toSorted(),
    );
    warm.kill("SIGSTOP");
    if (run === "cold") await delay(FROZEN);
  }
});
