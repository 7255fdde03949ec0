import { beforeAll, expect, test } from "vitest";
import { exampleKey as key } from "../support/keys.ts";
import { type LocalCloud, startLocalCloud } from "./local-cloud.ts";

let cloud: LocalCloud;
beforeAll(async () => {
  cloud = await startLocalCloud();
}, 300_000);

/** A JavaScript program that is valid except for the arguments of its monitor. */
function program(args: string) {
  return {
    "index.js": `
      const { DeepSeekMonitor } = require("pulumi-deepseek/monitor");
      const apiKey = "${key}";
      new DeepSeekMonitor("health", ${args});`,
  };
}

test.each([
  [
    "several at once",
    `{
      connections: { prod: { apiKey }, Prod: { apiKey }, "a b": { apiKey } },
      scheduleExpression: "rate(30 seconds)",
      alarms: { keyRevoked: { enabled: true } },
      notify: { emails: ["on-call"] },
    }`,
    [
      "connections.Prod: differs from connections.prod only in upper and lower case",
      "connections.a b: its name must be 1 to 32 characters",
      "scheduleExpression: must be 'rate(1 minute)' to 'rate(60 minutes)'",
      "alarms.keyRevoked: is not an alarm; the alarms are keyRejected, ",
      "notify.emails[0]: is not an email address",
    ],
  ],
  ["no connection", "{ connections: {} }", ["connections: is empty. Name at least one connection"]],
])(
  "invalid arguments of a monitor fail the preview with one line each and without a key: %s",
  async (name, args, problems) => {
    const workspace = await cloud.workspace(program(args), name.replaceAll(" ", "-"), {});
    const { code, all } = await workspace.run(["preview"]);
    expect(code).not.toBe(0);
    for (const problem of problems) expect(all).toContain(`  - ${problem}`);
    // The output is the list of problems, without a stack trace.
    expect(all).not.toMatch(/^\s+at /m);
    expect(all).not.toContain(key.slice(4));
  },
);
