// Writes the preview to a comment on the pull request. Updates the comment of an earlier push if there is one.
import { readFileSync } from "node:fs";

const { GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID, GITHUB_SERVER_URL, GITHUB_TOKEN } = process.env;
const { OUTCOME, PULL_REQUEST, PULUMI_STACK, RUNNER_TEMP } = process.env;

/** The author of this script's comments. Anyone can write the marker, and the token can edit anyone's comments. */
const author = "github-actions[bot]";
const marker = `<!-- pulumi preview ${PULUMI_STACK} -->`;

/** GitHub allows 65,536 characters; the rest is for the text around the preview. */
const longest = 64_000;

const results = { success: "passed", failure: "failed" };

function comment() {
  const run = `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`;
  const result = results[OUTCOME];
  const heading = `### Preview of \`${PULUMI_STACK}\`: ${result ?? "not run"}`;
  const text =
    result === undefined ? "An earlier step failed." : block(readFileSync(`${RUNNER_TEMP}/preview.txt`, "utf8"));
  return `${marker}\n${heading}\n\n${text}\n\n[The whole run](${run})\n`;
}

/** The text as an indented code block, which no text in it can end. The end is kept, since it matters most. */
function block(text) {
  const lines = text
    .replace(/[^\P{Cc}\n\t]/gu, "")
    .trimEnd()
    .replace(/^/gm, "    ");
  return lines.length <= longest ? lines : `    …${lines.slice(-longest).toWellFormed()}`;
}

async function ask(method, path, body) {
  const response = await fetch(`${GITHUB_API_URL}/repos/${GITHUB_REPOSITORY}/issues/${path}`, {
    method,
    headers: { accept: "application/vnd.github+json", authorization: `Bearer ${GITHUB_TOKEN}` },
    body: body && JSON.stringify({ body }),
    signal: AbortSignal.timeout(30_000),
  });
  if (!response.ok) throw new Error(`GitHub: ${method} ${path}: HTTP ${response.status}: ${await response.text()}`);
  return response.json();
}

async function earlier(page = 1) {
  const comments = await ask("GET", `${PULL_REQUEST}/comments?per_page=100&page=${page}`);
  const own = comments.find(({ user, body }) => user?.login === author && body.startsWith(marker));
  return own ?? (comments.length === 100 ? earlier(page + 1) : undefined);
}

const own = await earlier();
if (own === undefined) await ask("POST", `${PULL_REQUEST}/comments`, comment());
else await ask("PATCH", `comments/${own.id}`, comment());
