import { readdirSync, readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { startSandbox } from "../../../../provider/sandbox/server.ts";
import { copyCore, corePackages, runIn } from "./support/core-copy.ts";

const folder = new URL("../../../../provider/deepseek/", import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith(".ts"));
const sandboxStarted = startSandbox({ defaultScenario: "good" });
afterAll(async () => (await sandboxStarted).close());

test.each(files)("%s imports only its own folder, Node and the core's packages", (file) => {
  const source = readFileSync(new URL(file, folder), "utf8");
  const imported = [...source.matchAll(/(?:from|import|import\(|require\()\s*["']([^"']+)["']/g)].map(
    ([, name]) => name,
  );
  for (const name of imported)
    expect(name).toMatch(new RegExp(`^(\\./[\\w-]+\\.ts|node:.+|(${corePackages.join("|")})(/\\w+)?)$`));
});

test("the core probes where neither Pulumi nor AWS is installed", async () => {
  const { url } = await sandboxStarted;
  using core = copyCore();
  const output = await runIn(
    core.folder,
    `
    import { createRequire } from "node:module";
    import { nodeHttp } from "./deepseek/http-node.ts";
    import { probe } from "./deepseek/probe.ts";
    import { undiciHttp } from "./deepseek/http-undici.ts";
    for (const name of ["@pulumi/pulumi", "@pulumi/aws", "@aws-sdk/client-secrets-manager", "typescript"]) {
      try {
        createRequire(import.meta.url).resolve(name);
        console.log(name + " is there");
      } catch {}
    }
    const request = { apiKey: "sk-core", baseUrl: "${url}", testCall: "always", timeoutMs: 10_000, maxAttempts: 1 };
    for (const http of [undiciHttp, nodeHttp]) console.log((await probe(request, http, () => {})).verdict.kind);
    `,
  );
  expect(output).toBe("valid\nvalid\n");
});

test("the core probes without permission to write files, so it stores no part of a key", async () => {
  const { url } = await sandboxStarted;
  using core = copyCore();
  const output = await runIn(
    core.folder,
    `
    import { writeFileSync } from "node:fs";
    import { nodeHttp } from "./deepseek/http-node.ts";
    import { probe } from "./deepseek/probe.ts";
    import { undiciHttp } from "./deepseek/http-undici.ts";
    try {
      writeFileSync("file", "");
    } catch (error) {
      console.log(error.code);
    }
    const request = { apiKey: "sk-core", baseUrl: "${url}", testCall: "always", timeoutMs: 10_000, maxAttempts: 1 };
    for (const http of [undiciHttp, nodeHttp]) console.log((await probe(request, http, () => {})).verdict.kind);
    `,
    { NODE_OPTIONS: "--permission --allow-fs-read=*" },
  );
  expect(output).toBe("ERR_ACCESS_DENIED\nvalid\nvalid\n");
});
