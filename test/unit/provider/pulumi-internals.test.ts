import { createRequire } from "node:module";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, describe, expect, it, vi } from "vitest";
import { UNKNOWN } from "../../../provider/core/values.ts";
import {
  connectLog,
  currentRun,
  fromEngine,
  isConfigSecret,
  isMocked,
  ShortlyTracedResource,
  toEngine,
} from "../../../provider/pulumi-internals.ts";

/*
 * A test for each thing of Pulumi's that is used and not documented: it fails when Pulumi changes it. What only the engine
 * shows is in test/contract/engine.test.ts (unknown values, the level of a plugin's messages) and test/lifecycle
 * (`traces`, `preview`, `package`).
 */

const require = createRequire(import.meta.url);

afterEach(() => {
  vi.restoreAllMocks();
  pulumi.runtime.resetOptions("", "", -1, "", "", false, "");
});

describe("the mark of a value that is not known", () => {
  const { unknownValue } = pulumi.runtime;

  it("is the one of Pulumi's runtime, at every depth, and is given back as it came", () => {
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

  it("is known by its monitor's name", async () => {
    expect(isMocked()).toBe(false);
    await pulumi.runtime.setMocks(mocks);
    expect(isMocked()).toBe(true);
  });

  it("is a run of its own, as each program of one process is by its monitor; a plugin's process is one run", async () => {
    const plugin = currentRun();
    expect(currentRun()).toBe(plugin);
    await pulumi.runtime.setMocks(mocks);
    const first = currentRun();
    expect(currentRun()).toBe(first);
    await pulumi.runtime.setMocks(mocks);
    expect(new Set([plugin, first, currentRun()]).size).toBe(3);
  });
});

describe("a setting of the stack", () => {
  it("is known as a secret by the runtime's list, which its public functions do not give", () => {
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
  ])("is left alone in %s", (_, command) => {
    process.argv = command;
    connectLog();
    expect(pulumi.runtime.getEngine()).toBeUndefined();
  });

  it("that is connected stays so", () => {
    process.argv = [process.execPath, plugin, "127.0.0.1:4321"];
    connectLog();
    const engine = pulumi.runtime.getEngine();
    connectLog();
    expect(pulumi.runtime.getEngine()).toBe(engine);
  });
});

describe("a resource that is registered with short traces", () => {
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

  it("is made with traces of one line, and leaves the limit as it was", async () => {
    await pulumi.runtime.setMocks({ newResource: () => ({ id: "id", state: {} }), call: () => ({}) });
    const limit = Error.stackTraceLimit;
    let during = 0;
    new Traced(() => {
      during = Error.stackTraceLimit;
      return undefined;
    });
    expect({ during, after: Error.stackTraceLimit }).toEqual({ during: 1, after: limit });
  });

  it("passes on what is thrown without being an error", async () => {
    await pulumi.runtime.setMocks({ newResource: () => ({ id: "id", state: {} }), call: () => ({}) });
    const make = () =>
      new Traced(() => {
        throw "no error at all";
      });
    expect(make).toThrow("no error at all");
  });

  it("leaves the limit as it was when it cannot be made, and the error tells where it was to be", async () => {
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
