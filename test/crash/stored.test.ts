import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { crashStack } from "./crash-stack.ts";
import { stored } from "./stored.ts";

it("the check of the stored state reports what must not be stored, so this suite can fail", async () => {
  await using crash = await crashStack("update");
  const { stack, keys } = crash;
  expect(await stored(stack, keys, [])).toBe("old");

  const state = JSON.parse(await stack.exportStack());
  const { resources } = state.deployment;
  const connection = resources.at(-1);
  const twin = { ...connection, urn: connection.urn.replace(/main$/, "twin") };
  twin.outputs = { ...connection.outputs, status: "invalid" };
  resources.push(twin);
  resources[0].outputs = {};
  await stack.write("state.json", JSON.stringify(state));
  const { code, all } = await stack.run(["stack", "import", "--file", "state.json"]);
  expect(code, all).toBe(0);
  await writeFile(join(stack.root, "backend", ".pulumi", "history", "half.json"), '{"half":');
  await stack.write("note.txt", `the key is ${keys["old"]}`);

  const told = await stored(stack, keys, []);
  expect(told).toContain("old, old, status invalid, no output, history cut off");
  expect(told).toContain(`the key, plain, in ${join("program", "note.txt")}`);
});
