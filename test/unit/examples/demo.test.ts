import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { disguises, search } from "../../../examples/demo/search.ts";
import { shorten } from "../../../examples/demo/shorten.ts";
import { sandboxKey } from "../../../provider/sandbox/accounts.ts";

const main = fileURLToPath(new URL("../../../examples/demo/demo.ts", import.meta.url));

/** Runs the demo's command with a given key in the environment. */
function demo(parameters: readonly string[], key?: string) {
  const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined, DEEPSEEK_API_KEY: key };
  return new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [main, ...parameters], { env }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}

describe("the demo's command line", () => {
  it("prints its usage with --help", async () => {
    const { code, stdout, stderr } = await demo(["--help"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^Usage: npm run demo \[-- --real\]/);
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(120);
  });

  it.each([["--fast"], ["fast"], ["--real=yes"]])("refuses %s and shows the usage", async (parameter) => {
    const { code, stdout, stderr } = await demo([parameter], sandboxKey("good"));
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(parameter.split("=")[0]);
    expect(stderr).toContain("\n\nUsage: ");
  });

  it.each([undefined, "", "  "])(
    "refuses --real without a key (DEEPSEEK_API_KEY=%j) and says what to do",
    async (key) => {
      const { code, stdout, stderr } = await demo(["--real"], key);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toMatch(/^--real needs a DeepSeek API key in the environment variable DEEPSEEK_API_KEY\.\n/);
      expect(stderr).toContain("https://platform.deepseek.com/api_keys");
    },
  );
});

describe("shorten: an output", () => {
  const preview =
    "Previewing update (dev):\n\n +  a create\nOutputs:\n    a: [unknown]\n\nResources:\n    + 1 to create\n";

  it("is shortened to its last sections", () => {
    expect(shorten(preview)).toBe("Outputs:\n    a: [unknown]\n\nResources:\n    + 1 to create");
  });

  it("of two phases is shortened to the end of the second", () => {
    const up = `${preview}\nUpdating (dev):\n\n +  a created (2s)\nResources:\n    + 1 created\n\nDuration: 4s\n\n`;
    expect(shorten(up)).toBe("Resources:\n    + 1 created\n\nDuration: 4s");
  });

  it("without sections stays whole", () => {
    expect(shorten("error: no stack\n")).toBe("error: no stack");
    expect(shorten("Updating (dev):\n\nerror: it broke off\n")).toBe("Updating (dev):\n\nerror: it broke off");
  });
});

describe("the demo's search for a key", () => {
  const key = sandboxKey("good");
  const found = (content: string) => search(new Map([["a", Buffer.from(content)]]), disguises(key))[0]?.occurrences;

  it("finds it plain and in hex, each time", () => {
    expect(found(`"${key}" ${key} ${Buffer.from(key).toString("hex")}`)).toBe(3);
  });

  it.each(["base64", "base64url"] as const)("finds it in %s, whatever precedes or follows it", (encoding) => {
    for (const before of ["", "a", "ab", "abc", '{"apiKey":"'])
      for (const after of ["", "z", "zy"])
        expect(found(Buffer.from(before + key + after).toString(encoding)), `${before}…${after}`).toBeGreaterThan(0);
  });

  it("finds no other key", () => {
    expect(found(`${sandboxKey("overloaded")} ${Buffer.from(sandboxKey("overloaded")).toString("base64")}`)).toBe(0);
  });
});
