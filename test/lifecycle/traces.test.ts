import { expect, it } from "vitest";
import { program } from "../support/programs.ts";
import { startSandboxWithWorkspaces } from "./sandbox-with-workspaces.ts";

/* Positions in the user's program are reported, although the constructor limits the stack traces of Pulumi's SDK. */

const { workspace } = await startSandboxWithWorkspaces();

const apiKey = `pulumi.secret("sk-${"0".repeat(32)}")`;

it("the state records where the program creates a connection", async () => {
  await using stack = await workspace(
    program(`
new DeepSeekConnection("main", { baseUrl, apiKey: ${apiKey}, verify: "none" });`),
  );
  expect(await stack.up()).toMatchObject({ code: 0 });
  const { deployment } = JSON.parse(await stack.exportStack());
  const connection = deployment.resources.find((resource: { readonly type: string }) =>
    resource.type.endsWith(":DeepSeekConnection"),
  );
  expect(connection.stackTrace).toContainEqual({ sourcePosition: "project:///index.js#6,1" });
});

it("an error while a connection is created shows where it was thrown and where the connection is created", async () => {
  await using stack = await workspace(
    program(`
const transformations = [
  () => { throw new TypeError("of the program"); },
];
new DeepSeekConnection("main", { baseUrl, apiKey: ${apiKey} }, { transformations });`),
  );
  const { code, all } = await stack.preview();
  expect(code).not.toBe(0);
  expect(all).toMatch(/TypeError: of the program\s+at .*index\.js:7:\d+.*\s+at .*index\.js:9:1/);
});
