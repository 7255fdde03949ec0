import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Bundle, buildBundle } from "../../../support/lambda-bundle.ts";
import { monitorEnvironment } from "../../../support/monitor-environment.ts";
import { type LambdaUnderTest, shardSecret, startLambda } from "./support/lambda-under-test.ts";

/** In milliseconds: longer than the sandbox, a Node server, keeps idle connections open. */
const FROZEN = 7_000;

let bundle: Bundle;
let lambda: LambdaUnderTest;
let warm: ChildProcess;
beforeAll(async () => {
  [bundle, lambda] = await Promise.all([buildBundle(), startLambda()]);
});
afterAll(async () => {
  warm?.kill("SIGKILL");
  bundle[Symbol.dispose]();
  await lambda[Symbol.asyncDispose]();
});

/** A function as Lambda keeps it: one process that receives one event after another and is frozen in between. */
function start(): ChildProcess {
  const program = `
    const { handler } = require(process.env.BUNDLE);
    process.on("message", async (event) => {
      process.send(await handler(event, { awsRequestId: "request", getRemainingTimeInMillis: () => 10_000 }));
    });
  `;
  const env = { ...(monitorEnvironment as Record<string, string>), ...lambda.secrets.environment, BUNDLE: bundle.file };
  return spawn(process.execPath, ["-e", program], { env, stdio: ["ignore", "ignore", "inherit", "ipc"] });
}

// Lambda freezes a function between two runs, and the service closes the connections in the meantime. The next run must not
// reuse one of them: its first calls would fail, and the balance, whose call is not retried, would be missing each time.
test("after a freeze every call reaches the service, including those that are not retried", async () => {
  const apiKey = lambda.create("prod", "good");
  const connections = ["a", "b", "c"].map((name) => lambda.connection(name, { apiKey }));
  lambda.secrets.put(shardSecret(), { value: JSON.stringify({ connections }) });
  const event = { shard: "0" };
  warm = start();
  for (const run of ["cold", "thawed"]) {
    lambda.sandbox.clearRequests();
    // It receives the event as soon as it thaws, before it notices that its connections are closed.
    warm.send(event);
    warm.kill("SIGCONT");
    const [summary] = await once(warm, "message");
    expect(summary, run).toMatchObject({ probed: 3, verdicts: { valid: 3 } });
    expect(lambda.sandbox.requests.map(({ path }) => path).toSorted(), run).toEqual(
      ["/models", "/user/balance", "/chat/completions"].flatMap((path) => Array(3).fill(path)).toSorted(),
    );
    warm.kill("SIGSTOP");
    if (run === "cold") await delay(FROZEN);
  }
});
