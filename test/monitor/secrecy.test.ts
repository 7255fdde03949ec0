import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { type DeepSeekMonitorArgs, Detail } from "../../monitor/index.ts";
import { deploy, key, known } from "./support/deploy.ts";

const second = "another-key-of-a-gateway-0815";
const both = { a: { apiKey: key }, b: { apiKey: pulumi.secret(second), baseUrl: "https://gateway.example" } };

/** How the engine is handed a secret. Source: `specialSecretSig` in @pulumi/pulumi's runtime/rpc. */
const isSecret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

describe.each<[string, DeepSeekMonitorArgs, readonly string[]]>([
  ["a secret each", { connections: both }, [key, second]],
  ["one secret a shard", { connections: both, detail: Detail.Fleet }, [JSON.stringify({ a: key, b: second })]],
])("the keys, in %s,", (_, args, values) => {
  it("are handed to the engine as secrets", async () => {
    const { of } = await deploy(args);
    const stored = of("secretsmanager/secretVersion:SecretVersion").map(({ inputs }) => inputs["secretString"]);
    expect(stored).toEqual(values.map((value) => ({ ...isSecret, value })));
  });

  it("stand in no other input of any resource, and in no output", async () => {
    const { resources, monitor } = await deploy(args);
    const others = resources.filter(({ type }) => type !== "secretsmanager/secretVersion:SecretVersion");
    expect(others.length).toBeGreaterThan(20);
    const outputs = await Promise.all(
      Object.values(monitor)
        .filter(pulumi.Output.isInstance)
        .map((output) => known(output as pulumi.Output<unknown>)),
    );
    expect(outputs.length).toBeGreaterThan(10);
    const text = JSON.stringify([others, outputs]);
    for (const secret of [key, second]) expect(text).not.toContain(secret);
  });
});

it("a key that is given in plain text is trimmed, as the connection does", async () => {
  const { one } = await deploy({ connections: { a: { apiKey: ` ${key}\n` } } });
  expect(one("secretsmanager/secretVersion:SecretVersion").inputs["secretString"]).toEqual({ ...isSecret, value: key });
});
