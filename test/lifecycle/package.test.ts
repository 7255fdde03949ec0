import { cp, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, inject, it } from "vitest";
import { runCommand } from "../../examples/demo/engine/command.ts";
import type { Workspace } from "../../examples/demo/engine/workspace.ts";
import { oneConnection } from "../support/programs.ts";
import { startSandboxWithWorkspaces } from "./sandbox-with-workspaces.ts";

/* The package in the program's node_modules, where the engine finds it, in the current version or another. */

const { sandbox, key, workspace } = await startSandboxWithWorkspaces();
const root = fileURLToPath(new URL("../..", import.meta.url));
const require = createRequire(import.meta.url);

/** Creates a node_modules for a workspace, with a copy of this package that the test may change or remove. */
async function ownPackage(stack: Workspace): Promise<string> {
  const modules = join(stack.directory, "node_modules");
  await rm(modules);
  await mkdir(modules);
  for (const name of await readdir(join(root, "node_modules"))) {
    if (name !== "pulumi-deepseek") await symlink(join(root, "node_modules", name), join(modules, name));
  }
  const copy = join(modules, "pulumi-deepseek");
  for (const part of ["package.json", "dist"]) await cp(join(root, part), join(copy, part), { recursive: true });
  return copy;
}

describe("the code in state", () => {
  it("is under 2 kB, contains no path of this machine, and is the same for another version of the package", async () => {
    await using stack = await workspace(oneConnection());
    const copy = await ownPackage(stack);
    await stack.setConfig("deepseek:apiKey", key("good"), { secret: true });
    expect(await stack.up()).toMatchObject({ code: 0 });

    const state = JSON.parse(await stack.exportStack());
    const connection = state.deployment.resources.find(({ type }: { type: string }) =>
      type.endsWith("DeepSeekConnection"),
    );
    const { __provider: code } = connection.inputs;
    expect(Buffer.byteLength(code)).toBeLessThan(2_000);
    for (const path of [root, stack.directory, process.execPath, "/home/", "/Users/"]) expect(code).not.toContain(path);
    expect(connection.outputs["__provider"]).toBe(code);

    const lifecycle = join(copy, "dist", "provider", "dynamic-shell.js");
    const changed = `${await readFile(lifecycle, "utf8")}\nconsole.error("another version of the package");\n`;
    await writeFile(lifecycle, changed);
    const { code: exit, all } = await stack.preview("--expect-no-changes");
    expect(exit).toBe(0);
    expect(all).toContain("another version of the package");
  });

  it("deletes a connection that was removed together with the package", async () => {
    await using stack = await workspace(oneConnection());
    const copy = await ownPackage(stack);
    await stack.setConfig("deepseek:apiKey", key("good"), { secret: true });
    expect(await stack.up()).toMatchObject({ code: 0 });
    await stack.write("index.js", "exports.nothing = true;");
    await rm(copy, { recursive: true });
    sandbox.clearRequests();
    const { code, all } = await stack.up();
    expect({ code, deleted: /1 deleted/.test(all) }).toEqual({ code: 0, deleted: true });
    expect(sandbox.requests).toEqual([]);
  });
});

it("a program whose folder lacks the package is refused with what to do, although the program itself could load it", async () => {
  // As in a component package of a company, which has its own node_modules.
  const elsewhere = JSON.stringify(join(root, "dist", "provider", "index.js"));
  const { "index.js": index = "" } = oneConnection();
  await using stack = await workspace({ "index.js": index.replace('"pulumi-deepseek"', elsewhere) });
  const modules = join(stack.directory, "node_modules");
  await rm(modules);
  await mkdir(modules);
  await symlink(join(root, "node_modules", "@pulumi"), join(modules, "@pulumi"));
  await stack.setConfig("deepseek:apiKey", key("good"), { secret: true });
  const { code, all } = await stack.preview();
  expect(code).not.toBe(0);
  expect(all).toMatch(
    /error: Pulumi cannot load 'pulumi-deepseek' from .*program: add it to the dependencies in the program's own package\.json\. \[package-not-found\]/,
  );
  expect(all).not.toContain("Cannot find module");
});

it("a user's unit test with Pulumi's mocks makes no calls and gets the mocked values", async () => {
  sandbox.clearRequests();
  const test = `
const pulumi = require("@pulumi/pulumi");
pulumi.runtime.setMocks({
  newResource: ({ inputs }) => ({ id: "id", state: { ...inputs, status: "mocked" } }),
  call: ({ inputs }) => inputs,
});
const { DeepSeekConnection } = require("pulumi-deepseek");
const connection = new DeepSeekConnection("main", { apiKey: "${key("good")}", baseUrl: "${sandbox.url}" });
connection.status.apply((status) => console.log(status));
`;
  const { env } = inject("engine");
  const { code, stdout } = await runCommand(process.execPath, ["-e", test], { cwd: root, env });
  expect({ code, stdout }).toEqual({ code: 0, stdout: "mocked\n" });
  expect(sandbox.requests).toEqual([]);
});

it("the official openai package accepts the output unchanged", async () => {
  await using stack = await workspace(oneConnection());
  await stack.setConfig("deepseek:apiKey", key("good"), { secret: true });
  expect(await stack.up()).toMatchObject({ code: 0 });
  const { openai } = await stack.outputs({ showSecrets: true });
  const { OpenAI }: typeof import("openai") = require("openai");
  const { model, ...options } = openai as { readonly model: string; readonly apiKey: string; readonly baseURL: string };
  const client = new OpenAI({ ...options, model } as ConstructorParameters<typeof OpenAI>[0]);
  const messages = [{ role: "user", content: "Hi" }] as const;
  const chat = await client.chat.completions.create({ model, messages: [...messages] });
  expect(chat.choices).toHaveLength(1);
});

it("the public types use only Pulumi's types, so they compile with any compiler settings", async () => {
  const seen = new Set<string>();
  const packages = new Set<string>();
  async function follow(file: string): Promise<void> {
    if (seen.has(file)) return;
    seen.add(file);
    const declarations = await readFile(join(root, "dist", "provider", file), "utf8");
    for (const [, from = ""] of declarations.matchAll(/from "([^"]+)"/g)) {
      if (from.startsWith(".")) await follow(join(dirname(file), from).replace(/\.ts$/, ".d.ts"));
      else packages.add(from);
    }
  }
  await follow("index.d.ts");
  expect([...packages]).toEqual(["@pulumi/pulumi"]);
});
