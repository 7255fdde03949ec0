import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { type Shape, shapes } from "../support/keys.ts";
import { program } from "../support/programs.ts";
import { type Keys, Watched, wrongPlaces } from "./canary.ts";
import { describeCanary } from "./canary-journeys.ts";
import { startSandboxWithWorkspaces } from "./sandbox-with-workspaces.ts";

/*
 * The canary: keys from each source go through the whole lifecycle and every scenario, and must not be found in anything
 * that was shown or stored. All files are searched, since no program here contains a key: keys come from encrypted
 * configuration and the environment. Pulumi's debug switches are left out; `canary.ts` lists them.
 */

await describeCanary({
  name: "a dynamic resource",
  connect: `
const { DeepSeekConnection } = require("pulumi-deepseek");
const connect = (name, args) => new DeepSeekConnection(name, args);`,
  env: () => ({}),
  anywhere: (keys) => keys,
  refusal: (name) => `resource '${name}' has a problem: `,
});

const { sandbox, workspace } = await startSandboxWithWorkspaces();

/** In milliseconds, for tests with many commands, some of them in parallel, on a busy machine. */
const timeout = 600_000;

/** A connection that takes its key from the environment. */
const ambientKey = program(`
const connection = new DeepSeekConnection("main", JSON.parse(process.env.CANARY_ARGS));
exports.connection = connection;
`);

it.concurrent("a key from the environment is neither shown nor stored, whether it is used or refused", {
  timeout,
}, async () => {
  // Nothing leaves this machine: the proxy refuses every tunnel to DeepSeek.
  const proxy = createServer().listen(0, "127.0.0.1");
  proxy.on("connect", (_, socket) => socket.end("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n"));
  await once(proxy, "listening");
  await using stack = new Watched(await workspace(ambientKey));
  const proxied = {
    HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    NO_PROXY: "127.0.0.1",
  };
  const use = (shape: Shape, more: Keys) => {
    const key = shapes[shape]();
    stack.watch(shape, { [JSON.stringify(more)]: key });
    stack.env = { ...proxied, DEEPSEEK_API_KEY: key, ...more };
  };
  try {
    for (const shape of ["usual", "odd"] as const) {
      use(shape, { CANARY_ARGS: JSON.stringify({ maxAttempts: 1 }) });
      expect(await stack.run("preview --diff")).toContain("could not be reached through the proxy");
      await stack.run("up --yes --skip-preview", "fails");

      use(shape, { CANARY_ARGS: JSON.stringify({ verify: "none" }) });
      await stack.run("preview --json");
      await stack.run("up --yes --diff");
      await stack.run("refresh --yes --diff");
      await stack.lookAround();

      use(shape, { CANARY_ARGS: JSON.stringify({ baseUrl: sandbox.url }) });
      expect(await stack.run("preview", "fails")).toContain("apiKey: is missing");
    }
    await stack.run("destroy --yes");
    expect(await stack.leaks()).toEqual([]);
  } finally {
    proxy.close();
  }
});

/** Connections with headers, whose values come by encrypted configuration and by the environment. */
const headersOfEveryOrigin = program(`
const value = process.env.CANARY_VALUE;
const args = JSON.parse(process.env.CANARY_ARGS || "{}");
const headersFrom = {
  plain: { "x-gateway": value },
  secret: { "x-gateway": pulumi.secret(value) },
  whole: pulumi.output(Promise.resolve({ "x-gateway": value })),
  configured: { "x-gateway": new pulumi.Config("other").requireSecret("value") },
};
for (const [origin, headers] of Object.entries(headersFrom)) {
  const { apiKey } = process.env.CANARY_KEY ? { apiKey: process.env.CANARY_KEY } : {};
  const connection = new DeepSeekConnection(origin, { baseUrl, apiKey, maxAttempts: 1, headers, ...args });
  exports[origin] = { headers: connection.headers, openai: connection.openai, models: connection.models };
}
`);

it.concurrent("the value of a header is neither shown nor written, whether sent or refused", { timeout }, async () => {
  await using stack = new Watched(await workspace(headersOfEveryOrigin));
  const key = shapes.odd();
  stack.watch("the", { key });
  sandbox.use(key, "good");
  const use = async (phase: string, args: object = {}, value = shapes.odd()) => {
    stack.env = { CANARY_KEY: key, CANARY_VALUE: value, CANARY_ARGS: JSON.stringify(args) };
    await stack.giveValue(phase, value);
    return value;
  };

  const first = await use("first");
  for (const flags of ["", " --diff --show-full-output", " --json"]) await stack.run(`preview${flags}`);
  await stack.run("up --yes --diff");
  const received = sandbox.requests.filter(({ headers }) => headers["x-gateway"] === first);
  expect(new Set(received.map(({ path }) => path)).size).toBe(3);
  await stack.run("up --yes --expect-no-changes --show-sames");
  await stack.run("refresh --yes --diff --expect-no-changes");
  await stack.lookAround();

  await use("second");
  await stack.run("preview --diff --show-full-output");
  sandbox.use(key, "echoing");
  await stack.run("up --yes --diff", "fails");
  sandbox.use(key, "good");
  await stack.run("up --yes --diff");

  const third = await use("third", { displayName: "a name" });
  await stack.run("up --yes --diff");
  await use("misplaced", { displayName: third }, third);
  expect(await stack.run("preview --diff", "fails")).toContain("contains the value of a header");
  await use("broken", {}, `${shapes.odd()}\u00e9`);
  expect(await stack.run("preview --diff", "fails")).toContain("another character that a header cannot carry");
  await stack.lookAround();
  await stack.run("destroy --yes --diff");
  expect(await stack.leaks()).toEqual([]);
});

it.concurrent("a program that prints its key is detected, so this suite can fail", { timeout }, async () => {
  await using stack = new Watched(
    await workspace(
      program(`
const connection = new DeepSeekConnection("main", { baseUrl, apiKey: process.env.CANARY_KEY, verify: "none" });
exports.oops = pulumi.unsecret(connection.apiKey);
`),
    ),
  );
  const key = shapes.odd();
  stack.watch("the", { key });
  stack.env = { CANARY_KEY: key };
  await stack.run("up --yes");
  await stack.run("stack output --json");
  const leaks = (await stack.leaks()).join("\n");
  for (const place of ["stdout of up --yes", "stdout of stack output --json", "backend/.pulumi/stacks/test/dev.json"]) {
    expect(leaks).toContain(`the key: the key, JSON-escaped, in ${place}`);
  }
  expect(leaks).toMatch(/in backend\/\.pulumi\/history\//);
});

it("invalid arguments are shown and stored by the engine without the key", { timeout }, async () => {
  await using stack = new Watched(
    await workspace(
      program(`
const fill = (template, key) => Array.isArray(template) ? template.map((entry) => fill(entry, key)) :
  template.replace("KEY", () => key).replace("FIRST", key.slice(0, 9)).replace("LAST", () => key.slice(9));
const args = Object.entries(JSON.parse(process.env.CANARY_ARGS)).map(([name, template]) => {
  return [name, new pulumi.Config("other").requireSecret("key").apply((key) => fill(template, key))];
});
exports.connection = new DeepSeekConnection("main", { baseUrl, maxAttempts: 1, ...Object.fromEntries(args) });
`),
    ),
  );
  const other = shapes.usual();
  sandbox.use(other, "unfunded");
  await stack.giveKeys("the", { key: shapes.usual() });
  const attempt = async (args: Readonly<Record<string, string | readonly string[]>>, command: string, says: string) => {
    stack.env = { CANARY_ARGS: JSON.stringify(args) };
    expect(await stack.run(command, "either")).toContain(says);
  };
  for (const apiKey of ['"KEY"', "Bearer KEY", "FIRST LAST", "KEY\u00e9"])
    await attempt({ apiKey }, "preview", "has a problem: apiKey");
  const everywhere = Object.fromEntries(wrongPlaces.map((name) => [name, "KEY"]));
  for (const apiKey of ["KEY", other]) await attempt({ apiKey, ...everywhere }, "preview --diff", "has a problem: ");
  // Another key in place of a name: whether or not this fails, the key must not be shown.
  await attempt({ apiKey: other, displayName: "KEY" }, "up --yes", "DeepSeekConnection");
  await attempt({ apiKey: other, defaultModel: "KEY" }, "up --yes --diff", "DeepSeekConnection");
  await attempt({ apiKey: other, allowedModels: ["KEY"] }, "up --yes", "DeepSeekConnection");
  await stack.lookAround();
  expect(await stack.leaks()).toEqual([]);
});
