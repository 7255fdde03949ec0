import { createRequire } from "node:module";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, describe, expect, it, vi } from "vitest";
import { UNKNOWN } from "../../../provider/core/values.ts";
import { fromEngine, toEngine } from "../../../provider/engine-values.ts";
import {
  connectLog,
  currentRun,
  isConfigSecret,
  isMocked,
  isOrdinaryProgram,
  ShortlyTracedResource,
} from "../../../provider/pulumi-internals.ts";

/*
 * Tests each undocumented part of Pulumi that the package uses, so that they fail when Pulumi changes it. What only the
 * engine can show is in test/contract/engine.test.ts (unknown values, the level of a plugin's messages) and test/lifecycle
 * (`traces`, `preview`, `package`, `automation`).
 */

const require = createRequire(import.meta.url);

afterEach(() => {
  vi.restoreAllMocks();
  pulumi.runtime.resetOptions("", "", -1, "", "", false, "");
});

describe("the marker of an unknown value", () => {
  const { unknownValue } = pulumi.runtime;

  it("is the one of Pulumi's runtime, and is translated in both directions at every depth", () => {
    const bag = { apiKey: unknownValue, allowedModels: ["a", unknownValue], nested: { url: unknownValue }, none: null };
    const known = fromEngine(bag);
    expect(known).toEqual({ apiKey: UNKNOWN, allowedModels: ["a", UNKNOWN], nested: { url: UNKNOWN }, none: null });
    expect(toEngine(known)).toEqual(bag);
  });
});

describe("a user's unit test under mocks", () => {
  const mocks: pulumi.runtime.Mocks = {
    newResource: ({ inputs }) => ({ id: "id", state: inputs }),
    call: ({ inputs }) => inputs,
  };

  it("is recognized by its monitor's name", async () => {
    expect(isMocked()).toBe(false);
    await pulumi.runtime.setMocks(mocks);
    expect(isMocked()).toBe(true);
  });

  it("is a separate run, like each program in one process; a plugin's process is one run", async () => {
    const plugin = currentRun();
    expect(currentRun()).toBe(plugin);
    await pulumi.runtime.setMocks(mocks);
    const first = currentRun();
    expect(currentRun()).toBe(first);
    await pulumi.runtime.setMocks(mocks);
    expect(new Set([plugin, first, currentRun()]).size).toBe(3);
  });
});

describe("a configuration value", () => {
  it("is recognized as a secret by an undocumented function of the runtime", () => {
    pulumi.runtime.setAllConfig({ "deepseek:apiKey": "a", "deepseek:verify": "none" }, ["deepseek:apiKey"]);
    expect(isConfigSecret("deepseek:apiKey")).toBe(true);
    expect(isConfigSecret("deepseek:verify")).toBe(false);
    pulumi.runtime.setAllConfig({});
    expect(isConfigSecret("deepseek:apiKey")).toBe(false);
  });
});

describe("the log of a process", () => {
  const plugin = require.resolve("@pulumi/pulumi/cmd/dynamic-provider");
  const argv = process.argv;
  afterEach(() => {
    process.argv = argv;
  });

  it("is connected to the engine in the process that runs dynamic providers, where Pulumi leaves it unconnected", () => {
    process.argv = [process.execPath, plugin, "127.0.0.1:4321"];
    expect(pulumi.runtime.getEngine()).toBeUndefined();
    connectLog();
    expect(pulumi.runtime.getEngine()).toBeDefined();
  });

  it.each([
    ["another program", [process.execPath, "/home/me/index.js", "127.0.0.1:4321"]],
    ["a plugin without an address", [process.execPath, plugin]],
    ["an interpreter without a script", [process.execPath]],
  ])("is not changed in %s", (_, command) => {
    process.argv = command;
    connectLog();
    expect(pulumi.runtime.getEngine()).toBeUndefined();
  });

  it("stays connected if it already is", () => {
    process.argv = [process.execPath, plugin, "127.0.0.1:4321"];
    connectLog();
    const engine = pulumi.runtime.getEngine();
    connectLog();
    expect(pulumi.runtime.getEngine()).toBe(engine);
  });
});

describe("an ordinary program", () => {
  const argv = process.argv;
  afterEach(() => {
    process.argv = argv;
  });

  it.each([
    ["the file that the language host resolves", require.resolve("@pulumi/pulumi/cmd/run")],
    ["its folder", "/program/node_modules/@pulumi/pulumi/cmd/run"],
    [
      "its file without the ending, in pnpm's folder",
      "/program/node_modules/.pnpm/@pulumi+pulumi@3.276.0/node_modules/@pulumi/pulumi/cmd/run/index",
    ],
    ["its file on Windows", String.raw`C:\program\node_modules\@pulumi\pulumi\cmd\run\index.js`],
  ])("is recognized by its script: %s", (_, script) => {
    process.argv = [process.execPath, script, "."];
    expect(isOrdinaryProgram()).toBe(true);
  });

  it.each([
    ["an inline program", [process.execPath, "/home/me/deploy.js"]],
    ["a component of another language's program", [process.execPath, "/node_modules/@pulumi/pulumi/cmd/run-plugin"]],
    ["the process of dynamic providers", [process.execPath, require.resolve("@pulumi/pulumi/cmd/dynamic-provider")]],
    ["an interpreter without a script", [process.execPath]],
  ])("is not %s", (_, command) => {
    process.argv = command;
    expect(isOrdinaryProgram()).toBe(false);
  });
});

describe("a resource whose registration limits stack traces", () => {
  class Traced extends ShortlyTracedResource {
    constructor(transformation: () => undefined) {
      super(
        { create: async () => ({ id: "id" }) },
        "main",
        {},
        { transformations: [transformation] },
        "test",
        "Traced",
      );
    }
  }

  it("has one-line stack traces, and the previous limit is restored", async () => {
    await pulumi.runtime.setMocks({ newResource: () => ({ id: "id", state: {} }), call: () => ({}) });
    const limit = Error.stackTraceLimit;
    let during = 0;
    new Traced(() => {
      during = Error.stackTraceLimit;
      return undefined;
    });
    expect({ during, after: Error.stackTraceLimit }).toEqual({ during: 1, after: limit });
  });

  it("rethrows a value that is not an Error", async () => {
    await pulumi.runtime.setMocks({ newResource: () => ({ id: "id", state: {} }), call: () => ({}) });
    const make = () =>
      new Traced(() => {
        throw "no error at all";
      });
    expect(make).toThrow("no error at all");
  });

  it("restores the limit if it fails, and the error shows where the program creates it", async () => {
    await pulumi.runtime.setMocks({ newResource: () => ({ id: "id", state: {} }), call: () => ({}) });
    const limit = Error.stackTraceLimit;
    const make = () =>
      new Traced(() => {
        throw new TypeError("of the program");
      });
    expect(make).toThrow(expect.objectContaining({ stack: expect.stringMatching(/\n.*\n.*at make /) }));
    expect(Error.stackTraceLimit).toBe(limit);
  });
});
