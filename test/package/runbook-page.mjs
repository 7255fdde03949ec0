/*
 * The second part of the build: makes one HTML page of the monitor's runbook, to which alarms link. A browser shows it as a page
 * with anchors, which it does not do for Markdown. Plain JavaScript, since markdown-it has no types.
 *
 * node test/package/runbook-page.mjs <file to write>
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import MarkdownIt from "markdown-it";
import { anchorOf } from "../../dist/monitor/alarms/texts.js";

const markdown = new MarkdownIt();

/** Gives each heading its anchor. */
markdown.renderer.rules.heading_open = (tokens, index, options, _environment, renderer) => {
  tokens[index].attrSet("id", anchorOf(tokens[index + 1].content));
  return renderer.renderToken(tokens, index, options);
};

/** Other pages are beside the runbook's source in the package. */
markdown.renderer.rules.link_open = (tokens, index, options, _environment, renderer) => {
  const target = tokens[index].attrGet("href") ?? "";
  if (!/^(#|https:)/.test(target)) tokens[index].attrSet("href", `../../monitor/${target}`);
  return renderer.renderToken(tokens, index, options);
};

const style = `
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; font: 16px/1.5 system-ui, sans-serif; color: #1f2430; }
pre, code { font: 14px/1.4 ui-monospace, monospace; background: #f4f5f7; }
pre { padding: 0.75rem; overflow-x: auto; }
table { border-collapse: collapse; }
th, td { padding: 0.25rem 0.75rem; border: 1px solid #e5e7eb; text-align: left; }
:target { background: #fff3c4; }
@media (prefers-color-scheme: dark) {
  body { color: #e5e7eb; background: #16181d; }
  pre, code { background: #23262d; }
  a { color: #8ab4f8; }
  :target { background: #4a3f10; }
}`;

const source = readFileSync(new URL("../../monitor/RUNBOOK.md", import.meta.url), "utf8");
const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>DeepSeekMonitor runbook</title>
<style>${style}
</style>
</head>
<body>
${markdown.render(source)}</body>
</html>
`;

const [, , file] = process.argv;
if (file === undefined) throw new Error("Name the file to write.");
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, page);
