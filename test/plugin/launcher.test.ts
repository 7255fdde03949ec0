import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { root } from "../support/repository.ts";

const built = fileURLToPath(new URL("dist/plugin", root));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "deepseek plugin-"));
  // Without the link to this repository's Node.
  await cp(built, folder, { recursive: true, filter: (path) => basename(path) !== "runtime" });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Starts the plugin as the engine does. */
function launch(path: string): ChildProcess {
  return spawn(join(folder, "pulumi-resource-deepseek"), ["127.0.0.1:1"], { env: { PATH: path } });
}

/** The first line that a process prints. */
async function firstLine(stream: ChildProcess["stdout"]): Promise<string> {
  if (stream === null) throw new Error("There is no output.");
  for await (const line of createInterface({ input: stream })) return line;
  return "";
}

/** The tools that the launcher itself needs. */
const tools = "/usr/bin:/bin";

describe.skipIf(process.platform === "win32")("the launcher", () => {
  it("starts the plugin with the Node on the PATH, which prints its port", async () => {
    const plugin = launch(`${dirname(process.execPath)}:${tools}`);
    expect(await firstLine(plugin.stdout)).toMatch(/^\d+$/);
    plugin.kill();
    const [, signal] = await once(plugin, "exit");
    // It is this process, not a child of the launcher, that the engine kills.
    expect(signal).toBe("SIGTERM");
  });

  it("leaves no process with a key in its memory after the engine was killed", async () => {
    const script = `"$0" 127.0.0.1:1 >&2 & echo $!; wait`;
    const engine = spawn("/bin/sh", ["-c", script, join(folder, "pulumi-resource-deepseek")], {
      env: { PATH: `${dirname(process.execPath)}:${tools}` },
    });
    const [pid, port] = await Promise.all([firstLine(engine.stdout), firstLine(engine.stderr)]);
    expect(port).toMatch(/^\d+$/);
    engine.kill("SIGKILL");
    await vi.waitFor(() => expect(() => process.kill(Number(pid), 0)).toThrow("ESRCH"), {
      timeout: 15_000,
      interval: 200,
    });
  });

  it("prefers a Node in its folder 'runtime'", async () => {
    const own = join(folder, "runtime", "node");
    await mkdir(dirname(own));
    await writeFile(own, `#!/bin/sh\necho "own node: $1"\n`);
    await chmod(own, 0o755);
    expect(await firstLine(launch(`${dirname(process.execPath)}:${tools}`).stdout)).toBe(
      `own node: ${join(folder, "pulumi-resource-deepseek.cjs")}`,
    );
  });

  it("says what to do if Node is too old, and what it loads would fail", async () => {
    const old = join(folder, "old.cjs");
    const versions = `{ ...process.versions, node: "20.0.0" }`;
    await writeFile(old, `Object.defineProperty(process, "versions", { value: ${versions} });`);
    const env = { PATH: `${dirname(process.execPath)}:${tools}`, NODE_OPTIONS: `--require=${JSON.stringify(old)}` };
    const launched = spawn(join(folder, "pulumi-resource-deepseek"), ["127.0.0.1:1"], { env });
    const [[code], line] = await Promise.all([once(launched, "exit"), firstLine(launched.stderr)]);
    expect(line).toMatch(
      /^pulumi-resource-deepseek needs Node\.js .* or newer, and .* is Node\.js 20\.0\.0\. .* \[node-too-old\]$/,
    );
    expect(code).toBe(1);
  });

  it("says what is missing if there is no Node", async () => {
    const empty = await mkdtemp(join(tmpdir(), "deepseek-no-node-"));
    const [sh, plugin] = ["/bin/sh", join(folder, "pulumi-resource-deepseek")];
    // `dirname` is all that it needs besides the shell.
    await cp("/usr/bin/dirname", join(empty, "dirname"), { dereference: true });
    const launched = spawn(sh, [plugin], { env: { PATH: empty } });
    expect(await firstLine(launched.stderr)).toMatch(/needs Node\.js 22\.19 or newer/);
    await rm(empty, { recursive: true });
  });
});
