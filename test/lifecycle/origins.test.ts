import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { keyFingerprint } from "../../provider/deepseek/redact.ts";
import { oneConnection, program } from "../support/programs.ts";
import { startSandboxWithWorkspaces } from "./sandbox-with-workspaces.ts";

/* The sources of a key. */

const { sandbox, key, workspace } = await startSandboxWithWorkspaces();

describe("a key from the configuration", () => {
  it("that is not a secret fails with the command to make it one, and is not printed", async () => {
    await using stack = await workspace(oneConnection());
    const apiKey = key("good");
    await stack.setConfig("deepseek:apiKey", apiKey);
    const { code, all } = await stack.preview();
    expect(code).not.toBe(0);
    expect(all).toContain("'pulumi config set --secret deepseek:apiKey'");
    expect(all).not.toContain(apiKey.slice(-8));
  });

  it("is used if apiKey is not set, and takes precedence over the environment", async () => {
    const fromArgument = key("good");
    const fromConfiguration = key("good");
    await using stack = await workspace(
      program(`
exports.argument = new DeepSeekConnection("argument", { baseUrl, apiKey: "${fromArgument}" }).keyFingerprint;
exports.configuration = new DeepSeekConnection("configuration", { baseUrl }).keyFingerprint;
`),
    );
    await stack.setConfig("deepseek:apiKey", fromConfiguration, { secret: true });
    const env = { DEEPSEEK_API_KEY: key("good") };
    expect(await stack.run(["up", "--yes"], { env })).toMatchObject({ code: 0 });
    expect(await stack.outputs()).toEqual({
      argument: keyFingerprint(fromArgument),
      configuration: keyFingerprint(fromConfiguration),
    });
  });
});

describe("a key from the environment", () => {
  const ambient = program(`
new DeepSeekConnection("main", { maxAttempts: 1 });
`);

  it("is not used for another host: the connection has no key then", async () => {
    await using stack = await workspace(oneConnection());
    sandbox.clearRequests();
    const { code, all } = await stack.run(["preview"], { env: { DEEPSEEK_API_KEY: key("good") } });
    expect(code).not.toBe(0);
    expect(all).toMatch(/apiKey: is missing\. .*DEEPSEEK_API_KEY, which is used with the default base URL only/);
    expect(sandbox.requests).toEqual([]);
  });

  it("is used for DeepSeek's own address, through the proxy of the environment", async () => {
    // Nothing leaves this machine: the proxy refuses every tunnel.
    const tunnels: string[] = [];
    const proxy = createServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", (data) => {
        tunnels.push(data.toString("latin1").split(" HTTP/")[0] ?? "");
        socket.end("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n");
      });
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const { port } = proxy.address() as { port: number };
    try {
      await using stack = await workspace(ambient);
      const env = { DEEPSEEK_API_KEY: key("good"), HTTPS_PROXY: `http://127.0.0.1:${port}`, NO_PROXY: "127.0.0.1" };
      const { code, all } = await stack.run(["preview"], { env });
      expect(code).toBe(0);
      expect(all).toMatch(/api\.deepseek\.com could not be reached through the proxy .*Check HTTPS_PROXY and NO_PROXY/);
      expect(tunnels).toEqual(["CONNECT api.deepseek.com:443", "CONNECT api.deepseek.com:443"]);
    } finally {
      proxy.close();
    }
  });
});

describe("a key from another resource of the same run", () => {
  it("causes no calls while it is unknown, and is verified once it is known", async () => {
    const apiKey = key("good");
    await using stack = await workspace(
      program(`
const vault = { create: async ({ value }) => ({ id: "vault", outs: { value } }) };
class Vault extends pulumi.dynamic.Resource {
  constructor(name, value) { super(vault, name, { value: undefined, ...value }); }
}
const { value } = new Vault("vault", { value: pulumi.secret(new pulumi.Config("test").requireSecret("key")) });
const made = pulumi.all([value, new Vault("late", { value: "1" }).id]).apply(([value]) => value);
const connection = new DeepSeekConnection("main", { baseUrl, apiKey: made });
exports.status = connection.status;
`),
    );
    await stack.setConfig("test:key", apiKey, { secret: true });
    sandbox.clearRequests();
    expect(await stack.preview()).toMatchObject({ code: 0 });
    expect(sandbox.requests).toEqual([]);
    expect(await stack.up("--skip-preview")).toMatchObject({ code: 0 });
    expect(await stack.outputs()).toEqual({ status: "valid" });
    expect(await stack.exportStack()).not.toContain(apiKey);
  });
});
