import { expect, it } from "vitest";
import { scene } from "./scene.ts";

const { key, workspace } = await scene();

it("a key that is due for rotation is a warning at preview, which passes", async () => {
  const program = `
    const pulumi = require("@pulumi/pulumi");
    const { DeepSeekConnection } = require("pulumi-deepseek");
    const baseUrl = new pulumi.Config("test").require("url");
    new DeepSeekConnection("main", { baseUrl, keyCreatedAt: "2026-01-01", rotateAfterDays: 30 });`;
  await using stack = await workspace({ "index.js": program });
  await stack.setConfig("deepseek:apiKey", key("good"), { secret: true });
  const { code, all } = await stack.preview();
  expect(code, all).toBe(0);
  expect(all).toMatch(
    /warning: DeepSeekConnection 'main': the key \(fingerprint [0-9a-f]{12}\) is \d+ days old and due/,
  );
});
