import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keyFingerprint } from "../../provider/deepseek/redact.ts";
import type { ScenarioName } from "../../provider/sandbox/scenarios.ts";
import { type Shape, shapes } from "../support/keys.ts";
import { program } from "../support/programs.ts";
import { type ScenarioServers, startScenarioServers } from "../support/scenario-servers.ts";
import { type Keys, newKeys, Watched, wrongPlaces } from "./canary.ts";
import { startSandboxWithWorkspaces } from "./sandbox-with-workspaces.ts";

/*
 * The canary: keys from each source go through the whole lifecycle and every scenario, and must not be found in anything
 * that was shown or stored. All files are searched, since no program here contains a key: keys come from encrypted
 * configuration and the environment. Pulumi's debug switches are left out; `canary.ts` lists them.
 */

const { sandbox, workspace } = await startSandboxWithWorkspaces();

/** In milliseconds, for tests with many commands, some of them in parallel, on a busy machine. */
const timeout = 600_000;

/** A connection for each key at each base URL. Names and keys come from the environment. */
const everyOrigin = program(`
const given = JSON.parse(process.env.CANARY_KEYS);
const other = new pulumi.Config("other");
const keyFrom = {
  requireSecret: (name) => other.requireSecret(name),
  require: (name) => other.require(name),
  secret: (name) => pulumi.secret(given[name]),
  plain: (name) => given[name],
  configured: () => undefined,
};
const args = JSON.parse(process.env.CANARY_ARGS || "{}");
for (const [place, url] of Object.entries(JSON.parse(process.env.CANARY_URLS))) {
  for (const name of Object.keys(given)) {
    const [origin] = name.split(".");
    const connection = new DeepSeekConnection(place + "." + name, { baseUrl: url, apiKey: keyFrom[origin](name), ...args });
    const { apiKey, openai, models, defaultModel, displayName, status, statusReason, keyFingerprint } = connection;
    exports[place + "." + name] = { apiKey, openai, models, defaultModel, displayName, status, statusReason, keyFingerprint };
  }
}
`);

/** A connection that takes its key from the environment. */
const ambientKey = program(`
const connection = new DeepSeekConnection("main", JSON.parse(process.env.CANARY_ARGS));
exports.connection = connection;
`);

it.concurrent("the lifecycle shows and stores no key from any source", { timeout }, async () => {
  await using stack = new Watched(await workspace(everyOrigin));
  const [first, bad, second] = [newKeys("usual"), newKeys("odd"), newKeys("odd")];
  const use = (keys: Keys, scenario: ScenarioName) => {
    for (const key of Object.values(keys)) sandbox.use(key, scenario);
  };
  use(first, "good");
  use(second, "good");
  // Always set, and used only for DeepSeek's own base URL.
  const ambient = shapes.odd();
  stack.watch("ambient", { key: ambient });
  const urls = JSON.stringify({ main: sandbox.url });
  stack.env = { DEEPSEEK_API_KEY: ambient, CANARY_URLS: urls, PULUMI_EXPERIMENTAL: "true" };

  await stack.giveKeys("first", first);
  for (const flags of ["", " --diff --show-full-output", " --json"]) await stack.run(`preview${flags}`);
  await stack.run("preview --save-plan plan.json");
  await stack.run("up --yes --plan plan.json");
  const state = await stack.run("stack export");
  for (const key of Object.values(first)) expect(state).toContain(keyFingerprint(key));
  await stack.run("up --yes --diff --expect-no-changes --show-sames");
  await stack.run("refresh --yes --diff --expect-no-changes");
  await stack.lookAround();

  use(first, "wrong-key");
  expect(await stack.run("refresh --preview-only --diff")).toMatch(/rejects this API key/);
  await stack.run("refresh --yes");
  await stack.lookAround();
  await stack.run("preview --json", "fails");
  use(first, "good");
  await stack.run("up --yes --diff");

  await stack.giveKeys("bad", bad);
  for (const flags of ["", " --diff", " --json"]) {
    expect(await stack.run(`preview${flags}`, "fails")).toMatch(/rejects this API key/);
  }
  await stack.run("up --yes --skip-preview --continue-on-error", "fails");
  for (const [name, key] of Object.entries(bad).filter(([name]) => name.endsWith("odd"))) {
    // The only rejected key, so that the check of this source fails.
    use(bad, "good");
    sandbox.use(key, "wrong-key");
    expect(await stack.run("preview", "fails")).toContain(`resource 'main.${name}' has a problem: apiKey (fingerprint`);
  }

  await stack.giveKeys("second", second);
  await stack.run("preview --diff --show-full-output");
  await stack.run("up --yes --diff");
  await stack.lookAround();
  await stack.run("destroy --yes --diff");
  await stack.lookAround();
  expect(sandbox.requests.filter(({ authorization }) => authorization?.includes(ambient))).toEqual([]);
  expect(await stack.leaks()).toEqual([]);
});

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

describe("every scenario", () => {
  let servers: ScenarioServers;
  beforeAll(async () => {
    servers = await startScenarioServers();
  });
  afterAll(() => servers.close());

  /** Arguments that fail the preview. The engine stops at the first one. */
  const stopping = ["wrong-key", "wrong-key-plain", "not-found", "redirect", "no-models", "no-list"];
  const impatient = { maxAttempts: 1, timeoutSeconds: 1 };

  it("is shown and stored by the engine without a key from any source", { timeout }, async () => {
    await using stack = new Watched(await workspace(everyOrigin));
    const keys = newKeys("usual");
    await stack.giveKeys("the", keys);
    const meet = async (names: readonly string[], command: string, outcome: "works" | "fails") => {
      servers.restart(Object.values(keys));
      const chosen = Object.fromEntries(Object.entries(servers.urls).filter(([name]) => names.includes(name)));
      stack.env = { ...stack.env, CANARY_URLS: JSON.stringify(chosen), CANARY_ARGS: JSON.stringify(impatient) };
      return stack.run(command, outcome);
    };

    const going = Object.keys(servers.urls).filter((name) => !stopping.includes(name));
    // On a busy machine the short deadline ends the request without a key. Then these are found at preview, and stop it.
    const refused = ["retired-model", "unprocessable", "model-denied"];
    const previewed = going.filter((name) => !refused.includes(name));
    for (const flags of ["", " --diff", " --json"]) await meet(previewed, `preview${flags}`, "works");
    await meet(going, "up --yes --skip-preview --continue-on-error --parallel 64", "fails");
    await meet(going, "refresh --yes --diff", "works");
    await stack.lookAround();
    for (const command of ["preview --diff", "up --yes --skip-preview"]) await meet(stopping, command, "fails");
    for (const name of stopping) expect(await meet([name], "preview", "fails")).toContain("has a problem: ");
    await meet([], "destroy --yes", "works");
    expect(await stack.leaks()).toEqual([]);
  });
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
