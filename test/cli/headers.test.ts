import { describe, expect, it } from "vitest";
import { shapes } from "../support/keys.ts";
import { findLeaks } from "../support/leaks.ts";
import { keyFile } from "./support/key-file.ts";
import { pulumiDeepseek } from "./support/run.ts";
import { SandboxedCommand } from "./support/sandbox.ts";

const service = new SandboxedCommand();

describe.each(["check", "models"])("%s --header-file", (command) => {
  it("sends the headers in the file with each call, and prints no value", async () => {
    const [key, value] = [service.key("good"), shapes.odd()];
    const file = keyFile(
      `\ufeff# for the gateway\r\n\r\nX-Gateway:  ${value}\r\n  x-provider: deep:seek  \n#x-off: 1\n`,
    );
    const { code, all } = await service.run(command, key, "--header-file", file);
    expect(code).toBe(0);
    const asked = service.asked(key);
    expect(asked.length).toBe(command === "check" ? 3 : 2);
    for (const { headers } of asked) {
      expect(headers).toMatchObject({ "x-gateway": value, "x-provider": "deep:seek" });
      expect(headers).not.toHaveProperty("x-off");
    }
    expect(findLeaks(value, [[command, all]])).toEqual([]);
  });

  it.each<[string, (value: string) => string, string]>([
    [
      "a line without a name",
      (value) => `x-a: 1\n${value.replaceAll(":", "")}`,
      "line 2 of the file given with --header-file is",
    ],
    ["a name twice", (value) => `x-a: ${value}\nx-a: ${value}`, "line 2 of the file given with --header-file repeats"],
    [
      "two names that differ in case",
      (value) => `x-a: ${value}\nX-A: ${value}`,
      "--header-file.X-A: differs from another",
    ],
    [
      "the header of the key",
      (value) => `Authorization: Bearer ${value}`,
      "--header-file.Authorization: is not allowed",
    ],
    ["a value that no header carries", (value) => `x-a: ${value}é`, "--header-file.x-a: has a value with a line break"],
  ])("refuses %s without its value and without a call", async (_, write, sentence) => {
    const [key, value] = [service.key("good"), shapes.odd()];
    const { code, stdout, stderr } = await service.run(command, key, "--header-file", keyFile(write(value)));
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(sentence);
    expect(findLeaks(value, [["stderr", stderr]])).toEqual([]);
    expect(service.asked(key)).toEqual([]);
  });

  it("does not repeat the name of a file that cannot be read, since it may be a header", async () => {
    const value = shapes.odd().replace("sk-", "");
    const { code, stderr } = await service.run(command, service.key("good"), "--header-file", `x-gateway: ${value}`);
    expect(code).toBe(2);
    expect(stderr).toContain("the file given with --header-file cannot be read (ENOENT)");
    expect(findLeaks(value, [["stderr", stderr]])).toEqual([]);
  });
});

it.each([["--header"], ["-H"], ["--headers"]])("a header after %s is refused and not repeated", async (option) => {
  for (const parameters of [[option, "x-gateway: abc0123456789"], [`${option}=x-gateway:abc0123456789`]]) {
    const { code, stderr } = await pulumiDeepseek(["check", ...parameters], { input: "" });
    expect(code).toBe(2);
    expect(stderr).toContain("a header's value must not be passed on the command line");
    expect(stderr).not.toContain("abc0123456789");
  }
});

describe("plain http to another machine", () => {
  const baseUrl = "http://gateway.invalid:4000";

  it("is refused, and the message names the option", async () => {
    const parameters = ["check", "--base-url", baseUrl, "--key-file", "-"];
    const { code, stderr } = await pulumiDeepseek(parameters, { input: service.key("good") });
    expect(code).toBe(2);
    expect(stderr).toContain("If the network is private, set --allow-insecure-http");
  });

  it.each(["check", "models"])("is called by %s with --allow-insecure-http, with a warning", async (command) => {
    const parameters = [command, "--base-url", baseUrl, "--key-file", "-", "--allow-insecure-http", "--attempts", "1"];
    const { code, stderr } = await pulumiDeepseek(parameters, { input: service.key("good") });
    expect(code).toBe(6);
    expect(stderr).toMatch(
      /^warning: the key is sent to gateway\.invalid:4000 by plain http, because --allow-insecure-http is set\. .* \[http-insecure\]\n/,
    );
  });

  it("never gets a key from the environment", async () => {
    const env = { DEEPSEEK_API_KEY: service.key("good") };
    const { code, stderr } = await pulumiDeepseek(["check", "--base-url", baseUrl, "--allow-insecure-http"], { env });
    expect(code).toBe(2);
    expect(stderr).toContain("a key from the environment is sent only to https://api.deepseek.com");
  });
});
