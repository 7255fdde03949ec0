import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runCommand } from "../../examples/demo/engine/command.ts";
import { GitHub } from "./github.ts";
import { project } from "./scene.ts";

/* The script that writes the comment, on texts that no preview should have, and that a program can print all the same. */

const script = fileURLToPath(new URL(".github/preview-comment.mjs", project));

let github: GitHub;
let folder: string;
beforeAll(async () => {
  github = await GitHub.start();
  folder = await mkdtemp(join(tmpdir(), "preview-comment-"));
});
afterAll(async () => {
  github.close();
  await rm(folder, { recursive: true, force: true });
});

/** The comment on a preview that said this, and the part of it that shows what was said. */
async function commentOn(text: string): Promise<{ readonly comment: string; readonly shown: string }> {
  await writeFile(join(folder, "preview.txt"), text);
  const { code, all } = await runCommand(process.execPath, [script], {
    env: {
      GITHUB_API_URL: github.url,
      GITHUB_REPOSITORY: github.repository,
      GITHUB_RUN_ID: "42",
      GITHUB_SERVER_URL: "https://github.com",
      GITHUB_TOKEN: github.token,
      OUTCOME: "success",
      PULL_REQUEST: String(github.pullRequest),
      PULUMI_STACK: "dev",
      RUNNER_TEMP: folder,
    },
  });
  expect({ code, all }).toEqual({ code: 0, all: "" });
  const comment = github.written.at(-1) ?? "";
  const shown = /passed\n\n(.*)\n\n\[The whole run\]\(\S+\)\n$/s.exec(comment)?.[1] ?? "";
  return { comment, shown };
}

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
