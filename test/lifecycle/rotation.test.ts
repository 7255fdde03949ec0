import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { keyFingerprint } from "../../provider/deepseek/redact.ts";
import { blocksOf, commandsOf } from "../package/markdown.ts";
import { scene } from "./scene.ts";

/* The how-to of the README's section 'Rotation': its own commands, one after another, on the real engine. */

const { sandbox, key, workspace } = await scene();

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const quickstart = fileURLToPath(new URL("../../examples/quickstart/index.ts", import.meta.url));

/** The commands without what they are explained with, each by its parameters. */
function steps(): readonly (readonly string[])[] {
  const block = blocksOf(readme).find(({ heading }) => heading === "Rotation");
  return commandsOf(block?.code ?? "").map((line) => {
    const [command, ...parameters] = line.split(" ");
    expect(command).toBe("pulumi");
    return parameters;
  });
}

it("a key is rotated with the README's commands, and each does what is said of it", async () => {
  const [set, preview, up, output, refresh, ...more] = steps();
  expect(more).toEqual([]);
  await using stack = await workspace({
    "index.ts": readFileSync(quickstart, "utf8"),
    "package.json": '{ "main": "index.ts" }',
  });
  await stack.setConfig("test:baseUrl", sandbox.url);
  const keys = { old: key("good"), rejected: key("wrong-key"), next: key("good") };
  const run = (parameters: readonly string[] | undefined, input?: string) => stack.run(parameters ?? [], { input });
  await run(set, keys.old);
  expect(await run([...(up ?? []), "--yes"])).toMatchObject({ code: 0 });

  await run(set, keys.rejected);
  expect((await run(preview)).code).not.toBe(0);
  expect((await run([...(up ?? []), "--yes"])).code).not.toBe(0);
  expect((await run(output)).stdout.trim()).toBe(keyFingerprint(keys.old));

  await run(set, keys.next);
  expect(await run(preview)).toMatchObject({ code: 0 });
  const { code, all } = await run([...(up ?? []), "--yes"]);
  expect(code, all).toBe(0);
  expect(all).toContain(
    `the new key (fingerprint ${keyFingerprint(keys.next)}) works and has taken the place of ${keyFingerprint(keys.old)}. Revoke`,
  );
  expect((await run(output)).stdout.trim()).toBe(keyFingerprint(keys.next));

  sandbox.revoke(keys.old);
  expect(await run(refresh)).toMatchObject({ code: 0 });
  for (const secret of Object.values(keys)) expect(all).not.toContain(secret.slice(3));
});

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
