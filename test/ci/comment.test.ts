import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type CommandResult, runCommand } from "../../examples/demo/engine/command.ts";
import { example, GitHub } from "./github.ts";

/* The script that writes the comment on a pull request, with any output of the preview. */

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

/** Returns the comment on a preview with this output, and its part with the output. */
async function commentOn(text: string): Promise<{ readonly comment: string; readonly shown: string }> {
  await writeFile(join(folder, "preview.txt"), text);
  expect(await runScript()).toMatchObject({ code: 0, all: "" });
  const comment = github.written.at(-1) ?? "";
  const shown = /passed\n\n(.*)\n\n\[The whole run\]\(\S+\)\n$/s.exec(comment)?.[1] ?? "";
  return { comment, shown };
}

it("the comment script updates its own comment, also on a later page, and does not change any other", async () => {
  for (let index = 0; index < 120; index++) github.comment("a-colleague", `Comment ${index}`);
  // A forged comment that begins like ours.
  github.comment("a-stranger", "<!-- pulumi preview dev -->\nAll is well, merge it.");
  const others = structuredClone(github.comments);
  await commentOn("the first");
  const { comment } = await commentOn("the second");
  expect(github.written).toEqual([expect.stringContaining("    the second\n")]);
  expect(github.comments.slice(0, -1)).toEqual(others);
  expect(comment).toContain("(https://github.com/octo-org/infrastructure/actions/runs/42)");
});

it("the comment script also comments if the job failed before the preview", async () => {
  expect(await runScript("skipped")).toMatchObject({ code: 0, all: "" });
  expect(github.written).toEqual([expect.stringContaining("`dev`: not run\n\nAn earlier step failed.")]);
});

it("the comment script fails if GitHub refuses the comment, and shows GitHub's reason but not the token", async () => {
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
])("the output in a comment cannot end its code block: %s", async (_, text) => {
  const { shown } = await commentOn(`${text}\nthe end`);
  expect(shown).toMatch(/^ {4}/);
  expect(shown).toMatch(/the end$/);
  // CommonMark: such lines are code, and so are the blank lines between them. A line ends with LF, CR or both.
  for (const line of shown.split(/\r\n|\r|\n/)) expect(line).toMatch(/^( {4}| *$)/);
  expect(shown).not.toContain("\u001b");
});

it.each([0, 1])(
  "a comment shows the end of an output that is too long, and never half a character (%i)",
  async (shift) => {
    const { comment, shown } = await commentOn(`${"😀".repeat(50_000)}${"x".repeat(shift)}\nthe end`);
    expect(comment.length).toBeGreaterThan(60_000);
    expect(shown).toMatch(/^ {4}….*\n {4}the end$/su);
    // Half a character would arrive at GitHub as this character.
    expect([...shown].filter((character) => /\p{Surrogate}/u.test(character))).toEqual([]);
  },
);

it("a comment shows as much as fits of an output with many short lines", async () => {
  const { shown } = await commentOn(`${"x\n".repeat(60_000)}the end`);
  expect(shown).toMatch(/^ {4}….*\n {4}the end$/s);
});
