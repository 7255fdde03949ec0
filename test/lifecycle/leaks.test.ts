import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { undiciHttp } from "../../provider/deepseek/http-undici.ts";
import { probe } from "../../provider/deepseek/probe.ts";
import { scenarioNames } from "../../provider/sandbox/scenarios.ts";
import { shapes } from "../support/keys.ts";
import { findLeaks } from "../support/leaks.ts";
import { type ScenarioServers, startScenarioServers } from "../support/scenario-servers.ts";
import { Overheard, wrongPlaces } from "./canary.ts";

/*
 * Proves that the search for keys finds planted keys, and then searches the texts of the provider in this process.
 * `canary.test.ts` does the same with the real engine.
 */

const usual = "sk-0f1e2d3c4b5a69788796a5b4c3d2e1f0";
const odd = String.raw`sk-+/=%&\<>aB3dE5gH7jK9mN1pQ&<+/=%\~`;

const plants: readonly (readonly [form: string, plant: (text: string) => string])[] = [
  ["plain", (text) => text],
  ["in capitals", (text) => text.toUpperCase()],
  ["hex", (text) => Buffer.from(text).toString("hex")],
  ["hex in capitals", (text) => Buffer.from(text).toString("hex").toUpperCase()],
  ["JSON", (text) => JSON.stringify({ a: text })],
  ["JSON in JSON", (text) => JSON.stringify(JSON.stringify({ a: text }))],
  ["Go's JSON", (text) => goJson({ a: text })],
  ["Go's JSON in Go's JSON", (text) => goJson(goJson({ a: text }))],
  ["JSON in Go's JSON", (text) => goJson(JSON.stringify({ a: text }))],
  ["\\u throughout", (text) => codes(text, "\\u00")],
  ["encodeURIComponent", encodeURIComponent],
  ["encodeURI", encodeURI],
  ["a form's body", (text) => new URLSearchParams({ a: text }).toString()],
  ["%XX throughout", (text) => codes(text, "%")],
  ["%xx throughout", (text) => codes(text, "%").toLowerCase()],
  ...["", "1", "12", "123"].flatMap((before) =>
    ["", "1", "12", "123"].flatMap((after) =>
      (["base64", "base64url"] as const).map(
        (encoding) =>
          [
            `${encoding} with ${before.length} before and ${after.length} after`,
            (text: string) => Buffer.from(before + text + after).toString(encoding),
          ] as const,
      ),
    ),
  ),
];

describe.each([
  ["usual", usual],
  ["odd", odd],
])("a key of the %s format", (_, key) => {
  describe.each([
    ["as a whole", key],
    ["by its first characters", key.slice(3, 15)],
    ["by its end", key.slice(-8)],
  ])("%s", (_, part) => {
    it.each(plants)("is found as %s, in text and in bytes", (_, plant) => {
      const planted = `before ${plant(part)} after`;
      expect(findLeaks(key, [["text", planted]])).not.toEqual([]);
      const bytes = Buffer.concat([Buffer.from([0, 255, 128]), Buffer.from(planted), randomBytes(9)]);
      expect(findLeaks(key, [["bytes", bytes]])).not.toEqual([]);
    });
  });

  it("is not found in texts about keys, nor in its fingerprint or its last four characters", () => {
    const text = `The key sk-… (****${key.slice(-4)}, fingerprint 0f1e2d3c4b5b) is rejected. ${gzipSync("x").toString("base64")}`;
    expect(findLeaks(key, [["text", text]])).toEqual([]);
  });

  it("is reported by sink and form, without any part of it", () => {
    const sinks = [
      ["clean", "nothing"],
      ["console", `a ${key} b`],
      ["file", Buffer.from(Buffer.from(key).toString("hex"))],
    ] as const;
    const leaks = findLeaks(key, sinks);
    expect(leaks).toContain("the key, plain, in console");
    expect(leaks).toContain("its end, hex, in file");
    expect(leaks.filter((leak) => leak.endsWith("in clean"))).toEqual([]);
    expect(findLeaks(key, [["the leaks", leaks.join("\n")]])).toEqual([]);
  });
});

function goJson(value: unknown): string {
  return JSON.stringify(value).replace(/[&<>]/g, (character) => codes(character, "\\u00"));
}

function codes(text: string, before: string): string {
  return Array.from(text, (character) => before + character.charCodeAt(0).toString(16).toUpperCase()).join("");
}

describe("in messages, failures, errors and records of the provider", () => {
  let servers: ScenarioServers;
  beforeAll(async () => {
    servers = await startScenarioServers();
  });
  afterAll(() => servers.close());

  it.each(["usual", "odd"] as const)("every scenario is reported without the %s key", async (shape) => {
    const key = shapes[shape]();
    using overheard = new Overheard();
    await Promise.all(
      Object.entries(servers.urls).map(async ([name, baseUrl]) => {
        const request = { apiKey: key, baseUrl, testCall: "always" as const, timeoutMs: 1_000, maxAttempts: 1 };
        const records: unknown[] = [];
        await overheard.note(`${name}: probe`, () => probe(request, undiciHttp, (call) => records.push(call)));
        await overheard.note(`${name}: records`, async () => records);
        for (const verify of ["standard", "strict"]) {
          await overheard.provider(`${name}, ${verify}`, {
            apiKey: key,
            baseUrl,
            displayName: name,
            verify,
            maxAttempts: 1,
            timeoutSeconds: 1,
          });
        }
      }),
    );
    expect(overheard.sinks.length).toBeGreaterThan(scenarioNames.length * 10);
    expect(findLeaks(key, overheard.sinks)).toEqual([]);
  });

  it.each(["usual", "odd"] as const)("wrong headers are told without the %s value", async (shape) => {
    const value = shapes[shape]();
    using overheard = new Overheard();
    const base = { apiKey: shapes.usual(), baseUrl: servers.urls["unfunded"], displayName: "main", maxAttempts: 1 };
    const rows = [
      { headers: { Authorization: value } },
      { headers: { "x-gateway": `${value}\r\nHost: x` } },
      { headers: { "x-gateway": [value] } },
      { headers: `x-gateway: ${value}` },
      { headers: { [value]: "x-gateway", "x-gateway": value } },
      { headers: { "x-gateway": value }, allowedModels: [value] },
      ...wrongPlaces.map((name) => ({ headers: { "x-gateway": value }, [name]: value })),
    ];
    for (const row of rows) await overheard.provider(`the value in ${Object.keys(row).at(-1)}`, { ...base, ...row });
    expect(findLeaks(value, overheard.sinks)).toEqual([]);
  });

  const spoiled: readonly ((key: string) => string)[] = [
    (key) => `"${key}"`,
    (key) => `\u201c${key}\u201d`,
    (key) => `Bearer ${key}`,
    (key) => `${key.slice(0, 9)} ${key.slice(9)}`,
    (key) => `${key.slice(0, 9)}\n${key.slice(9)}`,
    (key) => `${key}\u00e9`,
  ];

  it.each(["usual", "odd"] as const)("invalid arguments are reported without the %s key", async (shape) => {
    const key = shapes[shape]();
    using overheard = new Overheard();
    const other = shapes.usual();
    const base = { baseUrl: servers.urls["unfunded"], displayName: "main", maxAttempts: 1 };
    const rows = [
      ...spoiled.map((spoil) => ({ apiKey: spoil(key) })),
      // A key of another connection can be recognized only by its usual format.
      ...(shape === "usual" ? [key, other] : [key]).flatMap((apiKey) => [
        { apiKey, allowedModels: [key] },
        ...wrongPlaces.flatMap((name) => [
          { apiKey, [name]: key },
          { apiKey, [name]: `${key}\n${key}` },
        ]),
      ]),
    ];
    for (const row of rows) {
      const whose = row.apiKey === other ? "another key" : "the key";
      await overheard.provider(`${whose} in ${Object.keys(row).at(-1)}`, { ...base, ...row });
    }
    expect(findLeaks(key, overheard.sinks)).toEqual([]);
  });
});
