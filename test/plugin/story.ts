import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { keyFingerprint } from "../../provider/deepseek/redact.ts";
import { type Sandbox, startSandbox } from "../../provider/sandbox/server.ts";
import { deployedResources } from "../support/deployed-resources.ts";
import { type Shape, shapes } from "../support/keys.ts";
import type { Language, Wanted } from "./languages.ts";
import { PluginProject, withPlugin } from "./program.ts";

/**
 * Declares the story of a program's connections on the real engine, from preview to destroy: the tests run in this order, and each
 * starts with what the last one deployed.
 */
export function tellStory(language: Language): void {
  describe(`the plugin, from ${language.name}`, () => {
    let sandbox: Sandbox;
    let project: PluginProject;
    /** What is deployed. */
    let wanted: Wanted;

    beforeAll(async () => {
      sandbox = await startSandbox();
      const engine = inject("engine");
      const env = withPlugin(engine, inject("languagePath"));
      project = await PluginProject.start(language, engine, env, sandbox.url);
    }, 600_000);
    afterAll(async () => {
      await project?.watched[Symbol.asyncDispose]();
      await sandbox.close();
    });

    /** A new key, for which all output and all files are searched at the end. */
    function key(name: string, scenario: "good" | "wrong-key" = "good", shape: Shape = "usual"): string {
      const apiKey = shapes[shape]();
      sandbox.use(apiKey, scenario);
      project.watched.watch("plugin", { [name]: apiKey });
      return apiKey;
    }

    const configure = (apiKey: string) =>
      project.watched.run(
        `config set-all --secret deepseek:apiKey=${apiKey} --plaintext deepseek:baseUrl=${sandbox.url}`,
      );

    /** A failure as the engine prints it: below the resource's type and name. */
    const failureOf = (name: string, apiKey: string) =>
      new RegExp(
        `deepseek:index:DeepSeekConnection \\(${name}\\):\n +error: .*fingerprint ${keyFingerprint(apiKey)}\\).*\\[key-rejected\\]`,
      );

    const chats = () => sandbox.requests.filter(({ path }) => path.endsWith("/chat/completions")).length;

    const deployed = async () => deployedResources(await project.run(wanted, "stack export"));

    /** The fingerprint of each stored key, by the connection's URN. */
    async function storedFingerprints(): Promise<Readonly<Record<string, unknown>>> {
      const connections = (await deployed()).some("deepseek:index:DeepSeekConnection");
      return Object.fromEntries(connections.map(({ urn, outputs }) => [urn, outputs["keyFingerprint"]]));
    }

    it("reports every rejected key of a preview, each with its resource", async () => {
      const clear = { first: key("first", "wrong-key"), good: key("good"), second: key("second", "wrong-key") };
      const printed = await project.run({ clear }, "preview", "fails");
      expect(printed).toMatch(failureOf("first", clear.first));
      expect(printed).toMatch(failureOf("second", clear.second));
      expect(chats()).toBe(0);
    });

    it("deploys connections with a key of the program, of the configuration, and of an explicit provider", async () => {
      await configure(key("configured"));
      wanted = {
        clear: { good: key("clear", "good", "odd") },
        configured: ["configured"],
        explicit: { name: "own", apiKey: key("own", "good", "odd") },
      };
      const { previewFlags, safeSwitches } = language;
      for (const flags of [...previewFlags, ...safeSwitches]) await project.run(wanted, `preview ${flags}`);
      const printed = await project.run(wanted, ["up --yes --skip-preview", ...safeSwitches].join(" "));
      expect(printed.includes("debug: ")).toBe(safeSwitches.includes("--debug"));
      expect(chats()).toBe(3);
      const outputs = JSON.parse(await project.run(wanted, "stack output --json"));
      for (const name of ["good", "configured", "own"])
        expect(outputs).toMatchObject({ [`${name}-status`]: "valid", [`${name}-openai`]: "[secret]" });
    });

    it("makes only free calls while nothing changes, and changes nothing", async () => {
      sandbox.clearRequests();
      expect(await project.run(wanted, "up --yes --expect-no-changes")).toContain("5 unchanged");
      expect(sandbox.requests).not.toEqual([]);
      expect(chats()).toBe(0);
    });

    it("refuses to rotate to a rejected key, at preview and without one, and keeps what is stored", async () => {
      const before = await storedFingerprints();
      const clear = { good: key("refused", "wrong-key", "odd") };
      for (const command of ["preview --diff", "up --yes", "up --yes --skip-preview"]) {
        expect(await project.run({ ...wanted, clear }, command, "fails")).toContain("[key-rejected]");
      }
      expect(await storedFingerprints()).toEqual(before);
    });

    it("rotates the key of the configuration and of a provider, which the provider's state does not contain", async () => {
      await configure(key("rotated"));
      wanted = { ...wanted, explicit: { name: "own", apiKey: key("own, rotated", "good", "odd") } };
      const printed = await project.run(wanted, "up --yes");
      expect(printed).toContain("2 updated");
      expect(printed).toMatch(
        /DeepSeekConnection \(configured\):\n +DeepSeekConnection 'configured': the new key .* \[rotated\]/,
      );
      const providers = (await deployed()).some("pulumi:providers:deepseek");
      expect(providers.map(({ inputs }) => inputs)).toEqual([{ baseUrl: sandbox.url }, { baseUrl: sandbox.url }]);
    });

    it("imports and looks up a connection with the configured key, and lists its models, all by free calls", async () => {
      sandbox.clearRequests();
      const more: Wanted = { ...wanted, imported: "imported", got: "looked-up", models: true };
      expect(await project.run(more, "up --yes --skip-preview")).toContain("1 imported");
      expect(chats()).toBe(0);
      const { models } = JSON.parse(await project.run(more, "stack output --json"));
      const ids = ["deepseek-flash", "deepseek-v4-pro"];
      expect(models).toEqual(ids.map((id) => expect.objectContaining({ id })));
    });

    it("says why 'pulumi import' finds no key once the stack has a provider", async () => {
      const command = "import --yes --generate-code=false deepseek:index:DeepSeekConnection late an-id";
      expect(await project.run(wanted, command, "fails")).toContain("[import-without-configuration]");
    });

    it("shows a revoked key as drift, and the next preview fails with its resource", async () => {
      const { good = "" } = wanted.clear ?? {};
      sandbox.revoke(good);
      expect(await project.run(wanted, "preview", "fails")).toMatch(failureOf("good", good));
      const printed = await project.run(wanted, "refresh --yes");
      expect(printed).toMatch(/DeepSeekConnection \(good\):\n +warning: .*\[key-rejected\]/);
      expect(printed).toContain("~ 1 updated");
      expect(await project.run(wanted, "preview", "fails")).toMatch(failureOf("good", good));
    });

    it("destroys everything without a call", async () => {
      await project.watched.lookAround();
      sandbox.clearRequests();
      expect(await project.run({}, "destroy --yes")).toContain("deleted");
      expect(sandbox.requests).toEqual([]);
    });

    it("has shown and stored no key in clear text", async () => {
      expect(await project.watched.leaks()).toEqual([]);
    });
  });
}
