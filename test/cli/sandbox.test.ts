import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it, onTestFinished, vi } from "vitest";
import { sandboxKey } from "../../provider/sandbox/accounts.ts";
import { profileNames } from "../../provider/sandbox/profiles.ts";
import { scenarioNames } from "../../provider/sandbox/scenarios.ts";
import { environment, program, pulumiDeepseek } from "./support/run.ts";

/** Starts a sandbox on a free port and waits until it is ready. */
async function start(...parameters: readonly string[]) {
  const child = spawn(process.execPath, [program, "sandbox", "--port", "0", ...parameters], { env: environment() });
  onTestFinished(() => void child.kill("SIGKILL"));
  const output = { text: "" };
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output.text += String(chunk)));
  await vi.waitFor(() => expect(output.text).toContain("Requests:\n"), { timeout: 20_000 });
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output.text)?.[0] ?? "";
  return { child, output, url, exit: once(child, "close").then(([code]) => code as number | null) };
}

const ask = (url: string, scenario: string, path = "/models") =>
  fetch(url + path, { headers: { authorization: `Bearer ${sandboxKey(scenario)}` } });

it.each(["SIGINT", "SIGTERM"] as const)("sandbox serves each scenario by its own key until %s", async (signal) => {
  const { child, output, url, exit } = await start();
  for (const name of scenarioNames) expect(output.text).toMatch(new RegExp(`  ${name} +${sandboxKey(name)}  \\w`));
  expect(output.text).toContain(`baseUrl: "${url}"`);
  expect(output.text).toContain(`npx pulumi-deepseek check --key-file - --base-url ${url}\n`);

  const greeting = output.text.length;
  expect((await ask(url, "overloaded")).status).toBe(503);
  const hanging = ["slow", "keep-alive-forever"].map(async (scenario) => {
    await expect(ask(url, scenario).then((response) => response.text())).rejects.toThrow();
  });
  const asked = async () => (await fetch(`${url}/sandbox/requests`)).json();
  await vi.waitFor(async () => expect(await asked()).toHaveLength(3), { timeout: 10_000 });
  await vi.waitFor(() => expect(output.text).toMatch(/GET \/models 503 overloaded \d+ ms\n/), { timeout: 10_000 });
  expect(output.text.slice(greeting)).not.toContain("sk-");

  child.kill(signal);
  expect(await exit).toBe(0);
  await Promise.all(hanging);
});

it("sandbox prints keys and an address that check can use", async () => {
  const { url } = await start();
  const parameters = ["check", "--key-file", "-", "--base-url", url];
  expect(await pulumiDeepseek(parameters, { input: sandboxKey("good") })).toMatchObject({ code: 0 });
  expect(await pulumiDeepseek(parameters, { input: sandboxKey("unfunded-chat") })).toMatchObject({ code: 4 });
});

it("sandbox with --public-models lists the models to anyone", async () => {
  const { url } = await start("--public-models");
  expect((await fetch(`${url}/models`)).status).toBe(200);
  const parameters = ["check", "--key-file", "-", "--base-url", url];
  expect(await pulumiDeepseek(parameters, { input: sandboxKey("wrong-key") })).toMatchObject({ code: 3 });
});

it("sandbox with --profile answers as that service, at the service's path", async () => {
  const { output, url } = await start("--profile", "openrouter");
  expect(output.text).toContain(`running at ${url}/api/v1 and answers like OpenRouter.`);
  expect(output.text).toContain(`baseUrl: "${url}/api/v1", defaultModel: "deepseek/deepseek-v4-pro" });`);
  expect((await fetch(`${url}/api/v1/models`)).status).toBe(200);
  const [, printed = ""] = /\| npx pulumi-deepseek (check .*)\n/.exec(output.text) ?? [];
  const check = (scenario: string) => pulumiDeepseek(printed.split(" "), { input: sandboxKey(scenario) });
  expect(await check("good")).toMatchObject({ code: 0 });
  expect(await check("wrong-key")).toMatchObject({ code: 3, stdout: expect.stringContaining('"User not found."') });
  expect(await check("unfunded")).toMatchObject({ code: 4, stdout: expect.stringContaining("Insufficient credits") });
});

it("sandbox prints the headers that a profile's service needs, and only the scenarios that it has", async () => {
  const { output, url } = await start("--profile", "portkey");
  expect(output.text).toContain("echo 'x-portkey-provider: deepseek' > headers.txt\n");
  expect(output.text).toContain(`headers: { "x-portkey-provider": "deepseek" } });`);
  expect(output.text).not.toMatch(/ {2}model-denied /);
  expect((await ask(url, "good", "/v1/models")).status).toBe(400);
  const { output: ollama } = await start("--profile", "ollama");
  expect(ollama.text).toContain("\nAny other key works, too.");
  expect(ollama.text).not.toMatch(/ {2}wrong-key /);
});

it("sandbox lists its profiles in its help", async () => {
  const { stdout } = await pulumiDeepseek(["sandbox", "--help"]);
  for (const name of profileNames.slice(1)) expect(stdout).toMatch(new RegExp(`\\s${name}[, ]`));
});

it("sandbox refuses an unknown profile and names those that exist", async () => {
  expect(await pulumiDeepseek(["sandbox", "--profile", "nope"])).toEqual({
    code: 2,
    stdout: "",
    stderr: `error: 'nope' is not a profile of the sandbox. Choose one of these: ${profileNames.join(", ")}. [profile-unknown]\n`,
    all: expect.anything(),
  });
});

it("sandbox delays its answers by --latency", async () => {
  const { url } = await start("--latency", "600000");
  const parameters = ["check", "--key-file", "-", "--base-url", url, "--timeout", "1", "--attempts", "1"];
  expect(await pulumiDeepseek(parameters, { input: sandboxKey("good") })).toMatchObject({ code: 6 });
});

it("sandbox reports that its port is in use", async () => {
  const { url } = await start();
  const { port } = new URL(url);
  expect(await pulumiDeepseek(["sandbox", "--port", port])).toMatchObject({
    code: 2,
    stdout: "",
    stderr: `error: port ${port} cannot be used (EADDRINUSE). Choose another port with --port, or pass --port 0 to use any free port. [port-unavailable]\n`,
  });
});

it.each([
  [["--port", "x"], "argument 'x' is invalid. It must be a whole number from 0 to 65535."],
  [["--port", "65536"], "argument '65536' is invalid."],
  [["--latency=-1"], "argument '-1' is invalid. It must be a whole number from 0 to 600000."],
  [["--nope"], "unknown option '--nope'"],
])("sandbox refuses %j with advice", async (parameters, sentence) => {
  const { code, stdout, stderr } = await pulumiDeepseek(["sandbox", ...parameters]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(sentence);
});
