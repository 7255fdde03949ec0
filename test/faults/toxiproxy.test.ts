import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { ensureGoTool } from "../support/go-tool.ts";
import { startToxiproxy, toxiproxyTool } from "./toxiproxy.ts";

const buildMs = 15 * 60_000;

/** Whether toxiproxy listens there. */
const listens = (url: string) =>
  fetch(`${url}/version`).then(
    async (response) => {
      await response.body?.cancel();
      return true;
    },
    () => false,
  );

test("toxiproxy listens until it is disposed", { timeout: buildMs }, async () => {
  const toxiproxy = await startToxiproxy(console.log);
  expect(await listens(toxiproxy.url)).toBe(true);
  await toxiproxy[Symbol.asyncDispose]();
  expect(await listens(toxiproxy.url)).toBe(false);
});

test.each(["SIGKILL", "SIGTERM", "SIGINT", "exit"] as const)(
  "toxiproxy ends when its parent ends by %s",
  {
    timeout: buildMs,
  },
  async (end) => {
    await ensureGoTool(toxiproxyTool, console.log);
    const parent = spawn(
      process.execPath,
      [
        "--input-type=module",
        "--eval",
        `import { startToxiproxy } from ${JSON.stringify(new URL("./toxiproxy.ts", import.meta.url))};
       process.stdout.write((await startToxiproxy(() => {})).url);
       process.stdin.on("data", () => process.exit());`,
      ],
      { stdio: ["pipe", "pipe", "inherit"] },
    );
    onTestFinished(() => void parent.kill("SIGKILL"));
    const [url] = await once(parent.stdout, "data");
    expect(await listens(String(url))).toBe(true);
    if (end === "exit") parent.stdin.write("end");
    else parent.kill(end);
    await once(parent, "exit");
    await vi.waitFor(async () => expect(await listens(String(url))).toBe(false), { timeout: 10_000 });
  },
);

test("without Go, building toxiproxy fails with an error that says what to do, and leaves no incomplete files", async () => {
  const cache = await mkdtemp(join(tmpdir(), "toxiproxy-test-"));
  onTestFinished(() => rm(cache, { recursive: true, force: true }));
  await expect(ensureGoTool(toxiproxyTool, () => {}, { PATH: cache }, cache)).rejects.toThrow(
    /need toxiproxy.*Go is not on the PATH\nWhat to do: install Go 1\.26/,
  );
  expect(await readdir(cache)).toEqual([]);
});

test("a failed build of toxiproxy is reported with Go's own output", { timeout: buildMs }, async () => {
  const cache = await mkdtemp(join(tmpdir(), "toxiproxy-test-"));
  onTestFinished(() => rm(cache, { recursive: true, force: true }));
  // The module cache is empty and downloads are disabled.
  const environment = { ...process.env, GOMODCACHE: join(cache, "modules"), GOPROXY: "off", GOTOOLCHAIN: "local" };
  await expect(ensureGoTool(toxiproxyTool, () => {}, environment, join(cache, "tools"))).rejects.toThrow(
    /go build of toxiproxy failed: .*module lookup disabled/s,
  );
  expect(await readdir(join(cache, "tools"))).toEqual([]);
});
