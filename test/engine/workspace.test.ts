import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { type Engine, ensureEngine } from "../../examples/demo/engine/engine.ts";
import { createWorkspace } from "../../examples/demo/engine/workspace.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await ensureEngine(console.log);
}, 20 * 60_000);

const plain = {
  "index.js": `
    const pulumi = require("@pulumi/pulumi");
    const config = new pulumi.Config();
    exports.greeting = config.get("greeting");
    exports.token = config.getSecret("token");`,
};

/** The creation of its resource takes a minute, and writes the process id of the plugin. */
const slow = {
  "index.js": `
    const pulumi = require("@pulumi/pulumi");
    const provider = {
      async create() {
        require("node:fs").writeFileSync("pid", String(process.pid));
        await new Promise((resolve) => setTimeout(resolve, 60_000));
        return { id: "slow", outs: {} };
      },
    };
    new (class extends pulumi.dynamic.Resource {})(provider, "slow", {});`,
};

describe.concurrent("a workspace", { timeout: 120_000 }, () => {
  test("takes a program up and down", async ({ signal }) => {
    await using workspace = await createWorkspace({ engine, program: plain, config: { greeting: "hello" }, signal });
    await workspace.setConfig("token", "-- not to be seen", { secret: true });
    expect(await workspace.preview()).toMatchObject({ code: 0 });
    expect(await workspace.up()).toMatchObject({ code: 0, stderr: "" });
    expect(await workspace.outputs()).toEqual({ greeting: "hello", token: "[secret]" });
    expect(await workspace.outputs({ showSecrets: true })).toEqual({ greeting: "hello", token: "-- not to be seen" });

    expect(await workspace.state()).toContain('"hello"');
    expect(JSON.parse(await workspace.exportStack())).toMatchObject({ version: 3 });
    const files = await workspace.files();
    expect([...files.keys()].filter((path) => path.includes("node_modules"))).toEqual([]);
    expect([...files.keys()]).toEqual(expect.arrayContaining(["program/index.js", "program/Pulumi.dev.yaml"]));
    // The logs are searched too, although the CLI compresses them.
    const log = [...files].find(([path]) => path.endsWith("stack_new.log"))?.[1].toString();
    expect(log).toContain("pulumi stack new");
    for (const [path, content] of files) expect(content.includes("not to be seen"), path).toBe(false);

    await workspace.write("index.js", "exports.changed = true;");
    expect(await workspace.up("--skip-preview")).toMatchObject({ code: 0 });
    expect(await workspace.outputs()).toEqual({ changed: true });
    for (const flags of [["--preview-only"], []]) expect(await workspace.refresh(...flags)).toMatchObject({ code: 0 });
    expect(await workspace.destroy()).toMatchObject({ code: 0 });
  });

  test("reports a program that fails", async ({ signal }) => {
    const program = { "index.js": "throw new Error('on purpose');" };
    await using workspace = await createWorkspace({ engine, program, signal });
    const { code, all } = await workspace.up();
    expect(code).toBeGreaterThan(0);
    expect(all).toContain("on purpose");
  });

  test("kills the engine's plugins with the engine", async ({ signal }) => {
    const workspace = await createWorkspace({ engine, program: slow, signal });
    const running = workspace.up("--skip-preview");
    const pid = await vi.waitFor(
      async () => {
        const written = Number(await readFile(join(workspace.directory, "pid"), "utf8"));
        expect(written).toBeGreaterThan(0);
        return written;
      },
      { timeout: 60_000, interval: 100 },
    );
    await workspace.remove();
    expect(await running).toMatchObject({ code: null });
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow("ESRCH"), { timeout: 30_000 });
  });
});
