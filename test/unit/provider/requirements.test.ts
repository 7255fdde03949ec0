import * as pulumi from "@pulumi/pulumi";
import { afterEach, describe, expect, it, vi } from "vitest";
import { DeepSeekConnection } from "../../../provider/connection.ts";
import { checkRequirements } from "../../../provider/requirements.ts";

/* What only the engine can show, such as a package that is missing in the program's folder, is in test/lifecycle. */

afterEach(() => {
  vi.unstubAllGlobals();
  pulumi.runtime.resetOptions("", "", -1, "", "", false, "");
});

/** Makes this process look as if another runtime ran it. Both claim to be a version of Node.js too. */
const runtimes = {
  Bun() {
    const versions = { ...process.versions, bun: "1.4.5" };
    vi.stubGlobal("process", Object.create(process, { versions: { value: versions } }));
  },
  Deno() {
    vi.stubGlobal("Deno", { version: { deno: "2.9.6" } });
  },
} as const;

describe.each(["Bun", "Deno"] as const)("a program in %s", (name) => {
  it("is refused by the constructor, with what to do", () => {
    runtimes[name]();
    const make = () => new DeepSeekConnection("main", { apiKey: "a key" });
    expect(make).toThrow(pulumi.RunError);
    expect(make).toThrow(
      `DeepSeekConnection works in Node.js only, and this program runs in ${name}. ` +
        "Set 'runtime: nodejs' in Pulumi.yaml. [runtime-not-node]",
    );
  });

  it("is not refused in a user's unit test, which deploys nothing", async () => {
    runtimes[name]();
    await pulumi.runtime.setMocks({ newResource: () => ({ id: "id", state: {} }), call: () => ({}) });
    expect(checkRequirements).not.toThrow();
  });
});

it("a program in Node.js that the engine did not start is not refused, wherever its process runs", () => {
  vi.stubGlobal("process", Object.create(process, { cwd: { value: () => "/nowhere" } }));
  expect(checkRequirements).not.toThrow();
});

it("a program that the engine started is refused if its folder does not have the package, and else is not", () => {
  const script = "/program/node_modules/@pulumi/pulumi/cmd/run/index.js";
  const startedIn = (folder: string) => {
    const argv = { value: [process.execPath, script, "."] };
    vi.stubGlobal("process", Object.create(process, { argv, cwd: { value: () => folder } }));
  };
  startedIn("/nowhere");
  expect(checkRequirements).toThrow(
    "Pulumi cannot load 'pulumi-deepseek' from /nowhere: add it to the dependencies in the program's own package.json. " +
      "[package-not-found]",
  );
  vi.unstubAllGlobals();
  startedIn(process.cwd());
  expect(checkRequirements).not.toThrow();
});
