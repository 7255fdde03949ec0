import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { createWorkspace, type Workspace } from "../../examples/demo/engine/workspace.ts";
import { type Sandbox, startSandbox } from "../../provider/sandbox/server.ts";
import { deployedResources } from "../support/deployed-resources.ts";
import { freshKey } from "../support/keys.ts";
import { blocksOf } from "../support/markdown.ts";
import { read } from "../support/repository.ts";
import { withPlugin } from "./program.ts";

/* A stack with a dynamic resource is moved to the plugin, as examples/languages says, with the programs of that page. */

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

const blocks = blocksOf(read("examples/languages/README.md")).filter(
  ({ heading }) => heading === "Move a stack from the dynamic resource",
);
const codeIn = (wanted: string) => blocks.find(({ language }) => language === wanted)?.code ?? "";

const programs = {
  YAML: { "Pulumi.yaml": `name: test\nruntime: yaml\n${codeIn("yaml")}` },
  Python: { "Pulumi.yaml": "name: test\nruntime: python\n", "__main__.py": `import pulumi\n${codeIn("python")}` },
} satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

const dynamicType = "pulumi-nodejs:dynamic/deepseek:DeepSeekConnection";
const pluginType = "deepseek:index:DeepSeekConnection";

async function works(run: ReturnType<Workspace["run"]>): Promise<string> {
  const { code, all } = await run;
  expect(code, all).toBe(0);
  return all;
}

it.each(["YAML", "Python"] as const)("a connection moves to the plugin and to %s unchanged", async (language) => {
  await using stack = await createWorkspace({
    engine: inject("engine"),
    program: {
      "index.js": `const { DeepSeekConnection } = require("pulumi-deepseek");\nnew DeepSeekConnection("main");`,
    },
    config: { "deepseek:baseUrl": sandbox.url },
    env: withPlugin(inject("engine"), inject("languagePath")),
  });
  const configure = async () => {
    const key = freshKey();
    sandbox.use(key, "good");
    await stack.setConfig("deepseek:apiKey", key, { secret: true });
  };
  await configure();
  await works(stack.up());
  const before = deployedResources(await stack.exportStack()).the(dynamicType);

  sandbox.clearRequests();
  for (const [file, content] of Object.entries(programs[language])) await stack.write(file, content);
  await works(stack.preview("--diff", "--expect-no-changes"));
  await works(stack.up("--expect-no-changes"));
  expect(sandbox.requests.filter(({ method }) => method === "POST")).toEqual([]);
  const moved = deployedResources(await stack.exportStack());
  expect(moved.some(dynamicType)).toEqual([]);
  const after = moved.the(pluginType);
  expect(after.id).toBe(before.id);
  expect(after.outputs).toMatchObject({ verifiedAt: before.outputs["verifiedAt"], status: "valid" });

  await configure();
  expect(await works(stack.up())).toContain("1 updated");
  const rotated = deployedResources(await stack.exportStack()).the(pluginType);
  expect(rotated).toMatchObject({ id: before.id, outputs: { status: "valid" } });
  // The code that Pulumi had stored with the dynamic resource.
  expect(rotated.outputs).not.toHaveProperty("__provider");
});
