import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { gaugesIn } from "../../../support/embedded-metrics.ts";
import { type Bundle, buildBundle, invoke } from "../../../support/lambda-bundle.ts";
import { monitorEnvironment } from "../../../support/monitor-environment.ts";
import { arnOf } from "../../../support/secrets-manager.ts";
import { type LambdaUnderTest, startLambda } from "./support/lambda-under-test.ts";

let bundle: Bundle;
let lambda: LambdaUnderTest;
beforeAll(async () => {
  [bundle, lambda] = await Promise.all([buildBundle(), startLambda()]);
});
afterAll(async () => {
  bundle[Symbol.dispose]();
  await lambda[Symbol.asyncDispose]();
});

const environment = () => ({ ...(monitorEnvironment as Record<string, string>), ...lambda.secrets.environment });

describe("the bundle", () => {
  test("needs only Node, and contains no AWS SDK, no Pulumi and no HTTP client", () => {
    for (const name of bundle.imports) expect(name).toMatch(/^node:/);
    expect(bundle.inputs.filter((name) => /@aws-sdk|@pulumi|undici/.test(name))).toEqual([]);
  });

  test("is smaller than 150 kB", () => {
    expect(statSync(bundle.file).size).toBeLessThan(150_000);
  });

  test("probes, and writes metrics and log as lines of JSON", async () => {
    lambda.store("prod", "good");
    lambda.store("test", "unfunded");
    const event = { shard: "3", connections: [lambda.connection("prod"), lambda.connection("test")] };
    const { result, stdout, stderr } = await invoke(bundle, environment(), event);
    expect(result).toMatchObject({ shard: "3", expected: 2, probed: 2, verdicts: { valid: 1, unfunded: 1 } });
    const documents = stdout.filter((line) => line.includes('"_aws"'));
    expect(gaugesIn(documents)).toEqual({
      "KeyRejected{Connection=prod,Monitor=health-1a2b}": [0],
      "Unfunded{Connection=prod,Monitor=health-1a2b}": [0],
      "Misconfigured{Connection=prod,Monitor=health-1a2b}": [0],
      "KeyRejected{Connection=test,Monitor=health-1a2b}": [0],
      "Unfunded{Connection=test,Monitor=health-1a2b}": [1],
      [`ServiceFailing{Endpoint=${lambda.sandbox.url},Monitor=health-1a2b}`]: [0, 0],
      "Probed{Monitor=health-1a2b,Shard=3}": [1],
    });
    const log = stdout.filter((line) => !documents.includes(line)).concat(stderr.trim().split("\n"));
    const lines = log.filter((line) => line !== "").map((line) => JSON.parse(line));
    expect(lines.map(({ level, message }) => `${level} ${message}`).sort()).toEqual([
      "INFO Probed 2 of 2 connections.",
      "WARN Connection 'test' has the verdict 'unfunded'.",
    ]);
    expect(lines[0]).toMatchObject({ service: "deepseek-monitor", requestId: "request-1", shard: "3" });
  });

  test("works where no file may be written", async () => {
    lambda.store("prod", "good");
    const permissions = { NODE_OPTIONS: "--permission --allow-fs-read=*" };
    const event = { shard: "0", connections: [lambda.connection("prod")] };
    const { result, stderr } = await invoke(bundle, { ...environment(), ...permissions }, event);
    expect({ result, stderr }).toMatchObject({ result: { probed: 1, verdicts: { valid: 1 } }, stderr: "" });
  });

  test("throws on an invalid event", async () => {
    const { result, stderr } = await invoke(bundle, environment(), { shard: "0" });
    expect(result).toBeUndefined();
    expect(stderr).toContain("connections: Invalid input: expected array");
  });
});

describe("the function writes neither the key nor the value of a header", () => {
  /** Everything that would reveal the key: its parts, plain and encoded. */
  const tracesOf = (key: string) => {
    const secret = key.slice(3);
    const encoded = [Buffer.from(key).toString("base64"), Buffer.from(secret).toString("hex")];
    return [...encoded, ...Array.from({ length: secret.length - 7 }, (_, at) => secret.slice(at, at + 8))];
  };

  test.each(["echoing", "wrong-key", "good", "redirect"] as const)("while the service is '%s'", async (scenario) => {
    const key = lambda.store("canary", scenario);
    const value = `gw/${key.slice(3).split("").toReversed().join("")}`;
    lambda.secrets.put(arnOf("canary"), { value: JSON.stringify({ apiKey: key, headers: { "x-gateway": value } }) });
    const { result, output } = await invoke(
      bundle,
      { ...environment(), MONITOR_GAUGES: "RateLimited,Balance,LatencyMs,OldestKeyAgeDays" },
      { shard: "0", connections: [lambda.connection("canary")] },
    );
    expect(result).toMatchObject({ probed: 1 });
    expect(lambda.sandbox.requests.at(-1)?.headers["x-gateway"]).toBe(value);
    for (const secret of [key, value]) {
      expect(tracesOf(secret).filter((trace) => output.includes(trace))).toEqual([]);
    }
  });

  test.each([
    ["of which a part alone is the key", (key: string) => `Bearer ${key}`, undefined],
    ["that is broken JSON", (key: string) => `{"prod": "${key}`, "prod"],
    ["that has the key under another name", (key: string) => JSON.stringify({ other: key }), "prod"],
    ["that has the key as a name", (key: string) => JSON.stringify({ [key]: "x" }), "prod"],
  ])("with a secret %s, even where a smoke invocation throws", async (_, wrap, secretField) => {
    const key = lambda.store("canary", "good");
    lambda.secrets.put(arnOf("canary"), { value: wrap(key) });
    const connection = lambda.connection("canary", secretField === undefined ? {} : { secretField });
    const event = { shard: "0", connections: [connection], smoke: true };
    const { result, output, stderr } = await invoke(bundle, environment(), event);
    expect(result).toBeUndefined();
    expect(stderr).toContain("'canary': UnusableValue");
    expect(tracesOf(key).filter((trace) => output.includes(trace))).toEqual([]);
  });
});

describe("the bundle's folder", () => {
  /** Creates a package that contains the module, with or without a build. */
  async function packageWith(files: readonly string[]) {
    const folder = mkdtempSync(join(tmpdir(), "deepseek-package-"));
    for (const name of ["dist/monitor/lambda/bundle", "node_modules"])
      mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, "package.json"), '{ "name": "pulumi-deepseek" }');
    symlinkSync(folder, join(folder, "node_modules", "pulumi-deepseek"), "junction");
    const source = fileURLToPath(new URL("../../../../monitor/lambda/bundle.ts", import.meta.url));
    const outfile = join(folder, "dist/monitor/lambda/bundle.js");
    const { metafile } = await build({
      entryPoints: [source],
      outfile,
      format: "cjs",
      platform: "node",
      metafile: true,
    });
    for (const name of files) writeFileSync(join(folder, name), "");
    return { folder, outfile, metafile, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
  }

  const found = async (file: string) =>
    ((await import(file)) as typeof import("../../../../monitor/lambda/bundle.ts")).bundleDirectory();

  test("is found by the package's name", async () => {
    using built = await packageWith(["dist/monitor/lambda/bundle/index.js"]);
    expect(await found(built.outfile)).toBe(join(built.folder, "dist/monitor/lambda/bundle"));
    expect(readFileSync(built.outfile, "utf8")).not.toMatch(/require\("(?!node:)/);
  });

  test("causes a clear error if the package is not built", async () => {
    using built = await packageWith([]);
    await expect(found(built.outfile)).rejects.toThrow("run 'npm run build'");
  });
});
