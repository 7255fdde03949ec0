import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import type { Engine } from "../../examples/demo/engine/engine.ts";
import { createWorkspace } from "../../examples/demo/engine/workspace.ts";
import { keyFingerprint } from "../../provider/deepseek/redact.ts";
import type { ScenarioName } from "../../provider/sandbox/scenarios.ts";
import { shapes } from "../support/keys.ts";
import { type ScenarioServers, startScenarioServers } from "../support/scenario-servers.ts";
import { type Keys, newKeys, Watched } from "./canary.ts";
import { startSandboxWithWorkspaces } from "./sandbox-with-workspaces.ts";

/** What differs for the canary between the two ways in which a program has a connection. */
export interface CanaryShell {
  readonly name: string;
  /** JavaScript with a function `connect(name, args)`, which returns a connection. */
  readonly connect: string;
  /** Added to the engine's environment. */
  env(engine: Engine): Readonly<Record<string, string>>;
  /** The keys that may be sent to any base URL. */
  anywhere(keys: Keys): Keys;
  /** How a preview shows that a connection is refused, as a regular expression. @param name also one */
  refusal(name: string): string;
}

/** A connection for each key at each base URL. Names and keys come from the environment. */
const everyOrigin = (connect: string) => ({
  "index.js": `
const pulumi = require("@pulumi/pulumi");
${connect}
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
    const connection = connect(place + "." + name, { baseUrl: url, apiKey: keyFrom[origin](name), ...args });
    const { apiKey, openai, models, defaultModel, displayName, status, statusReason, keyFingerprint } = connection;
    exports[place + "." + name] = { apiKey, openai, models, defaultModel, displayName, status, statusReason, keyFingerprint };
  }
}
`,
});

/** In milliseconds, for tests with many commands, some of them in parallel, on a busy machine. */
const timeout = 600_000;

/** Declares the tests in which keys from each source go through the whole lifecycle and every scenario. */
export async function describeCanary(shell: CanaryShell): Promise<void> {
  const { sandbox } = await startSandboxWithWorkspaces();
  /** @param configured the configured base URL */
  const workspaceOf = (configured?: string) =>
    createWorkspace({
      engine: inject("engine"),
      program: everyOrigin(shell.connect),
      env: shell.env(inject("engine")),
      ...(configured !== undefined && { config: { "deepseek:baseUrl": configured } }),
    });

  it.concurrent(`${shell.name}: the lifecycle shows and stores no key from any source`, { timeout }, async () => {
    await using stack = new Watched(await workspaceOf(sandbox.url));
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
      expect(await stack.run("preview", "fails")).toMatch(
        new RegExp(`${shell.refusal(`main.${name}`)}apiKey \\(fingerprint`),
      );
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

  describe(`${shell.name}: every scenario`, () => {
    let servers: ScenarioServers;
    beforeAll(async () => {
      servers = await startScenarioServers();
    });
    afterAll(() => servers.close());

    /** Arguments that fail the preview. The engine stops at the first one. */
    const stopping = ["wrong-key", "wrong-key-plain", "not-found", "redirect", "no-models", "no-list"];
    const impatient = { maxAttempts: 1, timeoutSeconds: 1 };

    it("is shown and stored by the engine without a key from any source", { timeout }, async () => {
      await using stack = new Watched(await workspaceOf());
      const keys = shell.anywhere(newKeys("usual"));
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
      for (const name of stopping)
        expect(await meet([name], "preview", "fails")).toMatch(new RegExp(shell.refusal(`${name}\\..*`)));
      await meet([], "destroy --yes", "works");
      expect(await stack.leaks()).toEqual([]);
    });
  });
}
