import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished, vi } from "vitest";
import { processesWith, showsProcesses } from "../support/process-search.ts";

/* The demo as a user runs it, to its end or to Ctrl-C. */

const main = fileURLToPath(new URL("../../examples/demo/demo.ts", import.meta.url));

interface Demo {
  readonly child: ChildProcessWithoutNullStreams;
  /** Its folder for temporary files, which is in the environment of all its processes. */
  readonly temporary: string;
  /** The output so far, of both streams. */
  output(): string;
}

async function startDemo(): Promise<Demo> {
  const temporary = await mkdtemp(join(tmpdir(), "demo-"));
  const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined, TMPDIR: temporary };
  const child = spawn(process.execPath, [main], { env });
  onTestFinished(async () => {
    // Processes are left only after a failure. SIGTERM lets the demo stop what it started.
    if (child.exitCode === null && child.kill("SIGTERM")) await once(child, "exit");
    await rm(temporary, { recursive: true, force: true });
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  return { child, temporary, output: () => output };
}

it("the demo runs to its end, prints no key, and leaves no processes or files behind", async () => {
  const { child, temporary, output } = await startDemo();
  const [code] = await once(child, "close");
  expect({ code, output: code === 0 ? "" : output() }).toEqual({ code: 0, output: "" });

  const headings = output().match(/^Act \d of 8(?=: .)/gm);
  expect(headings).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((number) => `Act ${number} of 8`));
  const verified = output().match(/^✓ .*/gm) ?? [];
  expect(verified.map((line) => line.slice(2, 22))).toEqual([
    "The preview failed (",
    "The key is verified:",
    expect.stringMatching(/^\d+ files, /),
    "The nightly job fail",
    "The state shows the ",
    "The rotation was ref",
    expect.stringMatching(/^The key went from/),
    "The nightly job pass",
    "The connection is go",
    "The person on call i",
    "The temporary folder",
  ]);
  expect(output()).toMatch(/^The end, after \d+ seconds$/m);
  expect(output()).not.toMatch(/sk-[0-9a-f]{8}/);
  expect(output()).not.toContain("\u001b");
  expect(processesWith(temporary)).toEqual([]);
  expect((await readdir(temporary)).filter((name) => name.startsWith("pulumi"))).toEqual([]);
});

it("Ctrl-C stops the demo and everything that it started", async () => {
  const { child, temporary, output } = await startDemo();
  await vi.waitFor(() => expect(output()).toContain("$ pulumi up"), { timeout: 90_000, interval: 50 });
  await delay(2_000); // By now the engine has started its plugins.
  if (showsProcesses) expect(processesWith(temporary).length).toBeGreaterThan(1);
  expect(await readdir(temporary)).not.toEqual([]);

  child.kill("SIGINT");
  const [code, signal] = await once(child, "close");
  expect({ code, signal }).toEqual({ code: 130, signal: null });
  expect(output().trimEnd().split("\n").at(-1)).toMatch(/^Interrupted: /);
  expect((await readdir(temporary)).filter((name) => name.startsWith("pulumi"))).toEqual([]);
  await vi.waitFor(() => expect(processesWith(temporary)).toEqual([]), { timeout: 10_000 });
});
