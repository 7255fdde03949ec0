import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type CommandResult, runCommand } from "../../examples/demo/engine/command.ts";
import { example, GitHub } from "./github.ts";

/* The script that writes the comment: what it does to comments, and what a text can do to it, whatever a program prints. */

const script = fileURLToPath(new URL(".github/preview-comment.mjs", example));

let github: GitHub;
let folder: string;
beforeEach(async () => {
  github = await GitHub.start();
  folder = await mkdtemp(join(tmpdir(), "preview-comment-"));
});
afterEach(async () => {
  github.close();
  await rm(folder, { recursive: true, force: true });
});

function runScript(outcome = "success"): Promise<CommandResult> {
  return runCommand(process.execPath, [script], {
    env: {
      ...github.env,
      GITHUB_TOKEN: github.token,
      OUTCOME: outcome,
      PULL_REQUEST: github.pullRequest,
      PULUMI_STACK: "dev",
      RUNNER_TEMP: folder,
    },
  });
}

/** The comment on a preview with this output, and the part of it that shows the output. */
async function commentOn(text: string): Promise<{ readonly comment: string; readonly shown: string }> {
  await writeFile(join(folder, "preview.txt"), text);
  expect(await runScript()).toMatchObject({ code: 0, all: "" });
  const comment = github.written.at(-1) ?? "";
  const shown = /passed\n\n(.*)\n\n\[The whole run\]\(\S+\)\n$/s.exec(comment)?.[1] ?? "";
  return { comment, shown };
}

it("the script rewrites its own comment, which may be on a later page, and leaves all others as they are", async () => {
  for (let index = 0; index < 120; index++) github.comment("a-colleague", `Comment ${index}`);
  // A forgery: it begins as ours do.
  github.comment("a-stranger", "<!-- pulumi preview dev -->\nAll is well, merge it.");
  const others = structuredClone(github.comments);
  await commentOn("the first");
  const { comment } = await commentOn("the second");
  expect(github.written).toEqual([expect.stringContaining("    the second\n")]);
  expect(github.comments.slice(0, -1)).toEqual(others);
  expect(comment).toContain("(https://github.com/octo-org/infrastructure/actions/runs/42)");
});

it("a pull request that does not get as far as its preview is commented on too", async () => {
  expect(await runScript("skipped")).toMatchObject({ code: 0, all: "" });
  expect(github.written).toEqual([expect.stringContaining("`dev`: not run\n\nAn earlier step failed.")]);
});

it("the script fails when GitHub refuses the comment, with GitHub's reason and without the token", async () => {
  github.mayWrite = false;
  const { code, all } = await runScript("skipped");
  expect(code).toBe(1);
  expect(all).toMatch(/GitHub: POST 7\/comments: HTTP 403: .*Resource not accessible by integration/);
  expect(all).not.toContain(github.token);
});

it.each([
  ["fences", "```\n~~~~\n````"],
  ["HTML", "</pre></code></details>\n\n<h1>All is well</h1>\n-->"],
  ["Markdown", "text\n\n# A heading\n\n- [ ] a task for @octo-org/everyone"],
  ["lines that only some see as lines", "one\rtwo\u0085three\u2028four\u000bfive\r\nsix"],
  ["colours", "\u001b[31mred\u001b[0m"],
  ["nothing", ""],
  ["blank lines", "\n\n\n"],
])("the text cannot end the block that it is shown in: %s", async (_, text) => {
  const { shown } = await commentOn(`${text}\nthe end`);
  expect(shown).toMatch(/^ {4}/);
  expect(shown).toMatch(/the end$/);
  // CommonMark: such lines are code, and so are blank ones between them. A line ends with LF, CR or both.
  for (const line of shown.split(/\r\n|\r|\n/)) expect(line).toMatch(/^( {4}| *$)/);
  expect(shown).not.toContain("\u001b");
});

it.each([0, 1])("of a text that is too long the end is shown, and no half of a character (%i)", async (shift) => {
  const { comment, shown } = await commentOn(`${"😀".repeat(50_000)}${"x".repeat(shift)}\nthe end`);
  expect(comment.length).toBeGreaterThan(60_000);
  expect(shown).toMatch(/^ {4}….*\n {4}the end$/su);
  // What is half a character reaches GitHub as this one, or not at all.
  expect([...shown].filter((character) => /\p{Surrogate}/u.test(character))).toEqual([]);
});

it("of a text of many short lines as much is shown as fits", async () => {
  const { shown } = await commentOn(`${"x\n".repeat(60_000)}the end`);
  expect(shown).toMatch(/^ {4}….*\n {4}the end$/s);
});
