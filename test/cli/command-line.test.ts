import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { describe, expect, it, vi } from "vitest";
import { environment, program, pulumiDeepseek } from "./support/run.ts";
import { SandboxedCommand } from "./support/sandbox.ts";

const service = new SandboxedCommand();
const commands = ["check", "models", "rehearse", "sandbox"];

describe("help", () => {
  it("names the commands, with an example of each", async () => {
    const { code, stdout, stderr } = await pulumiDeepseek(["--help"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const command of commands) {
      expect(stdout).toMatch(new RegExp(`^  ${command} \\[options\\]`, "m"));
      expect(stdout).toMatch(new RegExp(`^  \\$ npx pulumi-deepseek ${command}`, "m"));
    }
  });

  it.each(commands)("of %s has examples, and lines of at most 120 characters", async (command) => {
    const { code, stdout, stderr } = await pulumiDeepseek([command, "--help"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^Examples.*:\n {2}\$ (npx pulumi-deepseek|pulumi) /m);
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(120);
  });

  it.each(["check", "models"])("of %s explains where the key comes from, and each exit code", async (command) => {
    const { stdout } = await pulumiDeepseek([command, "--help"]);
    expect(stdout).toContain("The key comes from\n  --key-file <file>");
    for (const line of [
      "0  valid",
      "1   ",
      "2   ",
      "3  invalid",
      "4  unfunded",
      "5  misconfigured",
      "6  indeterminate",
    ]) {
      expect(stdout).toContain(`\n  ${line} `);
    }
  });

  it("is shown if no command is given, with exit code 2", async () => {
    const { code, stdout, stderr } = await pulumiDeepseek([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^Usage: pulumi-deepseek /);
  });
});

it("--version prints the package's version", async () => {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  expect(await pulumiDeepseek(["--version"])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: "" });
});

describe("an invalid command line is refused with advice and exit code 2:", () => {
  it.each([
    [["chekc"], "unknown command 'chekc'\n(Did you mean check?)"],
    [["check", "--jsn"], "unknown option '--jsn'\n(Did you mean --json?)"],
    [["check", "--model"], "option '--model <id>' argument missing"],
    [["check"], "no API key was given. Set the environment variable DEEPSEEK_API_KEY, or pass --key-file <file>"],
    [["models"], "no API key was given. Set the environment variable DEEPSEEK_API_KEY, or pass --key-file <file>"],
  ])("%j", async (parameters, sentence) => {
    const { code, stdout, stderr } = await pulumiDeepseek(parameters);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(`error: ${sentence}`);
  });

  it.each([
    [["--timeout", "soon"], '--timeout: must be a number of seconds (got "soon")'],
    [["--timeout", "0"], "--timeout: must be from 1 to 600 (got 0)"],
    [["--attempts", "1.5"], "--attempts: must be a whole number (got 1.5)"],
    [["--attempts", "11"], "--attempts: must be from 1 to 10 (got 11)"],
    [["--base-url", "http://gateway.example"], "--base-url: it uses plain http, which would send the key unencrypted"],
    [["--base-url", "https://169.254.169.254"], "--base-url: its host is a special-purpose address"],
    [["--base-url", "https://user:pass@gateway.example"], "it contains a user name or a password"],
    [["--test-call", "embeddings"], "--test-call: must be one of 'chat', 'models' (got \"embeddings\")"],
    [["--model", "deepseek\nflash"], "--model: must be the id of a model: 1 to 200 printable characters on one line"],
    [["--model", "a", "--allowed-model", "b"], "--model: 'a' is not in --allowed-model (b)"],
  ])("check %j", async (parameters, sentence) => {
    const input = service.key("good");
    const { code, stdout, stderr } = await pulumiDeepseek(["check", "--key-file", "-", ...parameters], { input });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(sentence);
    expect(stderr).not.toMatch(/ {4}at |pass@/);
  });

  it("all problems are reported at once", async () => {
    const parameters = ["check", "--key-file", "-", "--timeout", "0", "--attempts", "0"];
    const { stderr } = await pulumiDeepseek(parameters, { input: service.key("good") });
    expect(stderr).toBe(
      "error: --timeout: must be from 1 to 600 (got 0) [argument-out-of-range]\n" +
        "       --attempts: must be from 1 to 10 (got 0) [argument-out-of-range]\n",
    );
  });
});

describe("a running check", () => {
  function start(key: string, ...options: string[]) {
    const parameters = [program, "check", "--base-url", service.sandbox.url, "--key-file", "-", ...options];
    const child = spawn(process.execPath, parameters, { env: environment() });
    child.stdin.end(key);
    return child;
  }

  it.each(["SIGINT", "SIGTERM"] as const)("ends immediately on %s, and by that signal", async (signal) => {
    const key = service.key("slow");
    const child = start(key);
    const asked = () => service.sandbox.requests.map(({ authorization }) => authorization);
    await vi.waitFor(() => expect(asked()).toContain(`Bearer ${key}`), { timeout: 20_000 });
    const ended = once(child, "close");
    child.kill(signal);
    expect(await ended).toEqual([null, signal]);
  });

  it("keeps its exit code and prints no stack trace if its output is closed", async () => {
    const child = start(service.key("wrong-key"));
    child.stdout.destroy();
    const [errors, [code]] = await Promise.all([text(child.stderr), once(child, "close")]);
    expect({ code, errors }).toEqual({ code: 3, errors: "" });
  });
});
