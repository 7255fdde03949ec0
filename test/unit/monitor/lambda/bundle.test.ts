import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { StoredConnection } from "../../../../monitor/lambda/shard-secret.ts";
import { gaugesIn } from "../../../support/embedded-metrics.ts";
import { type Bundle, buildBundle, invoke } from "../../../support/lambda-bundle.ts";
import { monitorEnvironment } from "../../../support/monitor-environment.ts";
import { arnOf } from "../../../support/secrets-manager.ts";
import { listening } from "../../provider/deepseek/support/servers.ts";
import { type LambdaUnderTest, shardSecret, startLambda } from "./support/lambda-under-test.ts";

let bundle: Bundle;
let lambda: LambdaUnderTest;
beforeAll(async () => {
  [bundle, lambda] = await Promise.all([buildBundle(), startLambda()]);
});
afterAll(async () => {
  bundle[Symbol.dispose]();
  await lambda[Symbol.asyncDispose]();
});

/** Stores the connections of a shard. */
const putShard = (shard: string, connections: readonly StoredConnection[]) =>
  lambda.secrets.put(shardSecret(shard), { value: JSON.stringify({ connections }) });

const environment = () => ({ ...(monitorEnvironment as Record<string, string>), ...lambda.secrets.environment });

describe("the bundle", () => {
  test("needs only Node, and contains no AWS SDK, no Pulumi and no HTTP client", () => {
    for (const name of bundle.imports) expect(name).toMatch(/^node:/);
    expect(bundle.inputs.filter((name) => /@aws-sdk|@pulumi|undici|powertools|aws4fetch/.test(name))).toEqual([]);
  });

  test("is smaller than 100 kB", () => {
    expect(statSync(bundle.file).size).toBeLessThan(100_000);
  });

  test("probes, and writes metrics and log as lines of JSON", async () => {
    lambda.create("prod", "good");
    lambda.create("test", "unfunded");
    putShard("3", [lambda.connection("prod"), lambda.connection("test")]);
    const { result, stdout, stderr } = await invoke(bundle, environment(), { shard: "3" });
    expect(result).toMatchObject({ shard: "3", expected: 2, probed: 2, verdicts: { valid: 1, unfunded: 1 } });
    const documents = stdout.filter((line) => line.includes('"_aws"'));
    expect(gaugesIn(documents)).toEqual({
      "KeyRejected{Connection=prod,Monitor=health-1a2b}": [0],
      "Unfunded{Connection=prod,Monitor=health-1a2b}": [0],
      "Misconfigured{Connection=prod,Monitor=health-1a2b}": [0],
      "KeyRejected{Connection=test,Monitor=health-1a2b}": [0],
      "Unfunded{Connection=test,Monitor=health-1a2b}": [1],
      [`AllKeysRejected{Endpoint=${lambda.sandbox.url},Monitor=health-1a2b}`]: [0],
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
    lambda.create("prod", "good");
    putShard("0", [lambda.connection("prod")]);
    const permissions = { NODE_OPTIONS: "--permission --allow-fs-read=*" };
    const { result, stderr } = await invoke(bundle, { ...environment(), ...permissions }, { shard: "0" });
    expect({ result, stderr }).toMatchObject({ result: { probed: 1, verdicts: { valid: 1 } }, stderr: "" });
  });

  test("throws on an invalid event", async () => {
    const { result, stderr } = await invoke(bundle, environment(), { connections: [] });
    expect(result).toBeUndefined();
    expect(stderr).toContain("shard: is missing");
  });
});

/** Everything that would reveal a key: its parts, plain and encoded. */
const tracesOf = (key: string) => {
  const secret = key.slice(3);
  const encoded = [Buffer.from(key).toString("base64"), Buffer.from(secret).toString("hex")];
  return [...encoded, ...Array.from({ length: secret.length - 7 }, (_, at) => secret.slice(at, at + 8))];
};

describe("a forged event cannot direct a key to another address:", () => {
  /** A server that records whatever reaches it. */
  let received: string[];
  let evil: string;
  beforeAll(async () => {
    received = [];
    const server = createServer(async (request, response) => {
      received.push(JSON.stringify([request.url, request.headers, await text(request)]));
      response.end('{"object":"list","data":[]}');
    });
    evil = `http://127.0.0.1:${await listening(server)}`;
  });

  const forged = (evil: string): Readonly<Record<string, unknown>> => {
    const connection = { name: "prod", baseUrl: evil, secretArn: arnOf("own"), headers: { "x-evil": evil } };
    return {
      "connections of its own": { shard: "0", connections: [connection] },
      "connections without a shard": { connections: [connection] },
      "a base URL": { shard: "0", baseUrl: evil },
      "a secret's ARN": { shard: "0", secretArn: arnOf("own") },
      "headers and a model": { shard: "0", headers: { host: evil }, model: evil },
      "topics of its own": {
        shard: "0",
        topics: [{ arn: "arn:aws:sns:evil:123456789012:a", severities: [], expected: 1 }],
      },
      "settings of the function": { shard: "0", MONITOR_NAME: "evil", environment: { HTTPS_PROXY: evil } },
      "an endpoint of AWS": { shard: "0", AWS_ENDPOINT_URL_SECRETS_MANAGER: evil },
      "an ARN as shard": { shard: arnOf("own") },
      "another monitor's shard": { shard: "../evil/shard-0" },
      "a shard that somebody else created": { shard: "20" },
      "a shard in another form": { shard: "0 " },
      "a number as shard": { shard: 0 },
      "a list as shard": { shard: ["0"] },
      "an object as shard": { shard: { toString: "0" } },
      "the prototype's properties": JSON.parse(`{"shard":"0","__proto__":{"connections":[],"baseUrl":"${evil}"}}`),
      "a prototype for everything": JSON.parse(`{"shard":"0","constructor":{"prototype":{"baseUrl":"${evil}"}}}`),
      "a prototype as shard": { shard: "__proto__" },
      "a list": [{ shard: "0", connections: [connection] }],
      "a text": `{"shard":"0","baseUrl":"${evil}"}`,
      nothing: null,
      "60,000 characters": { shard: "0", baseUrl: evil, [evil.repeat(2_000)]: evil },
      "a deployment's mark with contents": { shard: "0", smoke: { connections: [connection], baseUrl: evil } },
      "a deployment's mark with a prototype": JSON.parse(`{"shard":"0","smoke":{"__proto__":{"baseUrl":"${evil}"}}}`),
    };
  };

  test.each(Object.keys(forged("http://127.0.0.1")))("%s", async (kind) => {
    const keys = [lambda.create("prod", "good"), lambda.store("own", "good"), lambda.create("foreign", "good")];
    lambda.sandbox.clearRequests();
    putShard("0", [lambda.connection("prod"), lambda.given("own")]);
    // What an attacker could create: a shard with an address of their own, for a key that the function may read.
    const attack = [lambda.given("own", { baseUrl: evil }), lambda.connection("foreign", { baseUrl: evil })];
    for (const shard of ["20", "0 "]) putShard(shard, attack);
    lambda.secrets.put("../evil/shard-0", { value: JSON.stringify({ connections: attack }) });
    const { result, output } = await invoke(bundle, environment(), forged(evil)[kind]);
    expect(received).toEqual([]);
    for (const key of keys) expect(tracesOf(key).filter((trace) => output.includes(trace))).toEqual([]);
    expect(output.length).toBeLessThan(5_000);
    // Only the mark of a deployment may have any content. Then the function does what it always does.
    if (kind.startsWith("a deployment's mark")) expect(result).toMatchObject({ probed: 2, verdicts: { valid: 2 } });
    else expect([result, lambda.sandbox.requests]).toEqual([undefined, []]);
  });

  test("(the search works: a shard's own connection reaches that server)", async () => {
    lambda.create("prod", "good");
    putShard("0", [lambda.connection("prod", { baseUrl: evil })]);
    await invoke(bundle, environment(), { shard: "0" });
    expect(received.join()).toContain("Bearer ");
  });
});

describe("the function writes neither the key nor the value of a header", () => {
  test.each(["echoing", "wrong-key", "good", "redirect"] as const)("while the service is '%s'", async (scenario) => {
    const key = lambda.create("canary", scenario);
    const value = `gw/${key.slice(3).split("").toReversed().join("")}`;
    putShard("0", [lambda.connection("canary", { headers: { "x-gateway": value } })]);
    const { result, output } = await invoke(
      bundle,
      { ...environment(), MONITOR_GAUGES: "RateLimited,Balance,LatencyMs,OldestKeyAgeDays" },
      { shard: "0" },
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
    putShard("0", [lambda.given("canary", secretField === undefined ? {} : { secretField })]);
    const { result, output, stderr } = await invoke(bundle, environment(), { shard: "0", smoke: true });
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
