import { createServer } from "node:http";
import { expect, test } from "vitest";
import { listening } from "../../provider/deepseek/support/servers.ts";
import { startLambda } from "./support/lambda-under-test.ts";

const path = "/ping/3f2a-the-capability";

/** A server that receives heartbeats. */
async function watcher(status: number) {
  const beats: string[] = [];
  const port = await listening(
    createServer((request, response) => {
      beats.push(`${request.method} ${request.url}`);
      response.writeHead(status).end("OK");
    }),
  );
  return { beats, port, url: `http://127.0.0.1:${port}${path}` };
}

test("the heartbeat is sent after a complete run, whatever the verdicts", async () => {
  const { beats, url } = await watcher(200);
  await using lambda = await startLambda({ MONITOR_HEARTBEAT_URL: url });
  lambda.create("a", "unfunded");
  const { logged } = await lambda.run([lambda.connection("a")]);
  expect(beats).toEqual([`GET ${path}`]);
  expect(logged.map(({ level }) => level)).toEqual(["warn", "info"]);
});

test("no heartbeat is sent if a connection was not probed", async () => {
  const { beats, url } = await watcher(200);
  await using lambda = await startLambda({ MONITOR_HEARTBEAT_URL: url });
  lambda.create("a", "good");
  await lambda.run([lambda.connection("a"), lambda.given("absent")]);
  expect(beats).toEqual([]);
});

test.each([404, 302, 500])(
  "a heartbeat that is answered with HTTP %i is logged as a warning without its path",
  async (status) => {
    const { beats, port, url } = await watcher(status);
    await using lambda = await startLambda({ MONITOR_HEARTBEAT_URL: url });
    lambda.create("a", "good");
    const { logged, summary } = await lambda.run([lambda.connection("a")]);
    expect(summary.probed).toBe(1);
    expect(beats).toHaveLength(1);
    expect(logged.at(-1)).toMatchObject({
      level: "warn",
      message: `The heartbeat at 127.0.0.1:${port} answered HTTP ${status}.`,
    });
    expect(JSON.stringify(logged)).not.toContain("capability");
  },
);

test("a heartbeat that cannot be sent is logged as a warning with the fault", async () => {
  await using lambda = await startLambda({ MONITOR_HEARTBEAT_URL: `https://nowhere.invalid${path}` });
  lambda.create("a", "good");
  const { logged } = await lambda.run([lambda.connection("a")]);
  expect(logged.at(-1)?.message).toMatch(/^The heartbeat at nowhere\.invalid could not be reached \(\w+\)\.$/);
});
