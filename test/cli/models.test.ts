import { expect, it } from "vitest";
import { SandboxedCommand } from "./support/sandbox.ts";

const service = new SandboxedCommand();
/** A gateway that lists its models to anyone. */
const gateway = new SandboxedCommand({ profile: "openrouter" });

it("models lists each model as the service describes it", async () => {
  expect(await service.run("models", service.key("good"))).toMatchObject({
    code: 0,
    stderr: "",
    stdout:
      "id               name                 context    max output  input        output\n" +
      "deepseek-flash   DeepSeek-V4.1-Flash  1,048,576  393,216     text, image  text\n" +
      "deepseek-v4-pro  DeepSeek-V4-Pro      1,048,576  393,216     text         text\n",
  });
});

it("models leaves fields empty that the service does not provide", async () => {
  const { stdout } = await service.run("models", service.key("gateway"));
  expect(stdout.split("\n").slice(1)).toEqual(["deepseek-flash", "deepseek-v4-pro", ""]);
});

it("models makes only the free calls", async () => {
  const key = service.key("good");
  await service.run("models", key);
  expect(service.askedPaths(key)).toEqual(["/models", "/user/balance"]);
});

it("models --json prints the same object as check --json", async () => {
  const { code, stdout } = await service.run("models", service.key("good"), "--json");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    verdict: "valid",
    testCall: "models",
    models: [
      {
        id: "deepseek-flash",
        name: "DeepSeek-V4.1-Flash",
        contextWindow: 1_048_576,
        maxOutputTokens: 393_216,
        inputModalities: ["text", "image"],
        outputModalities: ["text"],
      },
      { id: "deepseek-v4-pro" },
    ],
  });
});

it("models lists the models of an account with insufficient balance, and warns", async () => {
  const { code, stdout, stderr } = await service.run("models", service.key("unfunded"));
  expect(code).toBe(0);
  expect(stdout).toContain("\ndeepseek-v4-pro ");
  expect(stderr).toMatch(/^! unfunded: .*\nNext step: .*\n$/);
});

it("models lists the models of a gateway that lists them to anyone, and notes that this does not prove the key", async () => {
  const { code, stdout, stderr } = await gateway.run("models", gateway.key("wrong-key"));
  expect(code).toBe(0);
  expect(stdout.split("\n").slice(1)).toEqual(["deepseek/deepseek-v4-pro", ""]);
  expect(stderr).toMatch(
    /^Note: 127\.0\.0\.1:\d+ did not refuse its list of models to a request without a key, .* To check the key, run 'pulumi-deepseek check'\. \[key-unproven\]\n$/,
  );
  const json = await gateway.run("models", gateway.key("wrong-key"), "--json");
  expect(json).toMatchObject({ code: 0, stderr: "" });
  expect(JSON.parse(json.stdout)).toMatchObject({ verdict: "unverified", code: "key-unproven" });
});

it.each([
  ["wrong-key", 3, "invalid"],
  ["no-models", 5, "misconfigured"],
  ["overloaded", 6, "indeterminate"],
] as const)("models of the scenario '%s' are none: exit code %i, and why", async (scenario, code, verdict) => {
  const result = await service.run("models", service.key(scenario), "--attempts", "1");
  expect(result).toMatchObject({ code, stdout: "" });
  expect(result.stderr).toContain(` ${verdict}: `);
  const json = await service.run("models", service.key(scenario), "--attempts", "1", "--json");
  expect(json).toMatchObject({ code, stderr: "" });
  expect(JSON.parse(json.stdout)).toMatchObject({ verdict, nextStep: expect.any(String) });
});
