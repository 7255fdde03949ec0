import { describe, expect, it } from "vitest";
import { keyFingerprint } from "../../provider/deepseek/redact.ts";
import { findLeaks } from "../support/leaks.ts";
import { keyFile } from "./support/key-file.ts";
import { pulumiDeepseek } from "./support/run.ts";
import { SandboxedCommand } from "./support/sandbox.ts";
import { onTerminal } from "./support/terminal.ts";

const service = new SandboxedCommand();
const colour = "\u001b[";
const asking = { after: "API key (input is hidden): " };

function check(...options: readonly string[]): readonly string[] {
  return ["check", "--base-url", service.sandbox.url, "--key-file", "-", ...options];
}

describe("on a terminal", () => {
  it("check asks for the key without showing it, and prints the verdict in colour", async () => {
    const key = service.key("good");
    const { code, stdout } = await onTerminal(check(), {}, { ...asking, text: `${key}\r` });
    expect(code).toBe(0);
    expect(stdout).toContain(`${colour}1m${colour}32m✓ valid`);
    expect(stdout).toContain(keyFingerprint(key));
    expect(findLeaks(key, [["the terminal", stdout]])).toEqual([]);
  });

  it("there is no colour if NO_COLOR is set", async () => {
    const { stdout } = await onTerminal(check(), { NO_COLOR: "1" }, { ...asking, text: `${service.key("good")}\r` });
    expect(stdout).toContain("✓ valid");
    expect(stdout).not.toContain(colour);
  });

  it.each([
    ["Ctrl-C", "\u0003", 130],
    ["Ctrl-D", "\u0004", 2],
    ["nothing", "\r", 2],
  ])("%s instead of a key ends check", async (_, text, code) => {
    const before = service.sandbox.requests.length;
    expect(await onTerminal(check(), {}, { ...asking, text })).toMatchObject({ code });
    expect(service.sandbox.requests).toHaveLength(before);
  });

  it("check says after a while what it is waiting for, and Ctrl-C ends it", async () => {
    const key = service.key("slow");
    const parameters = ["check", "--base-url", service.sandbox.url, "--key-file", keyFile(key)];
    const waiting = `Waiting for ${new URL(service.sandbox.url).host} …`;
    const { code, stdout } = await onTerminal(parameters, {}, { after: waiting, text: "\u0003" });
    expect({ code, stdout }).toEqual({ code: 130, stdout: expect.stringContaining(waiting) });
  });

  it("the verdict replaces the line that says what check is waiting for", async () => {
    const key = service.key("slow");
    const parameters = ["check", "--base-url", service.sandbox.url, "--key-file", keyFile(key)];
    const { code, stdout } = await onTerminal([...parameters, "--timeout", "3", "--attempts", "1"]);
    expect(code).toBe(6);
    const [, waiting, verdict] = stdout.split(`\r${colour}K`);
    expect(waiting).toMatch(/^Waiting for \S+ … $/);
    expect(verdict).toContain("? indeterminate");
  });
});

describe("without a terminal", () => {
  it("the output has no colour, unless FORCE_COLOR is set", async () => {
    const plain = await service.run("check", service.key("wrong-key"));
    expect(plain.all).not.toContain(colour);
    const options = { input: service.key("wrong-key"), env: { FORCE_COLOR: "1" } };
    const { stdout } = await pulumiDeepseek(check(), options);
    expect(stdout).toContain(`${colour}1m${colour}31m✗ invalid`);
  });
});
