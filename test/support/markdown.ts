/** A link in a Markdown text: its text and its target. */
export interface Link {
  readonly text: string;
  readonly target: string;
}

/** All links, in order, except in code blocks. */
export function linksOf(markdown: string): readonly Link[] {
  const prose = markdown.replaceAll(fenced, "");
  return [...prose.matchAll(/\[((?:[^\]\\]|\\.)*)\]\(([^)\s]+)\)/g)].map(([, text = "", target = ""]) => ({
    // As rendered: without escapes and on one line.
    text: text.replaceAll(/\\(.)/g, "$1").replaceAll(/\s+/g, " "),
    target,
  }));
}

/** The anchors of the headings, as GitHub generates them, and explicit anchors. */
export function anchorsOf(markdown: string): readonly string[] {
  const prose = markdown.replaceAll(fenced, "");
  const headings = [...prose.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
  return [...headings, ...[...prose.matchAll(/<a id="([^"]+)">/g)].map(([, id = ""]) => id)];
}

/** A code block. */
export interface Block {
  /** The text after the opening fence, such as `sh`. */
  readonly language: string;
  readonly code: string;
  /** The nearest heading above it. */
  readonly heading: string;
}

/** All code blocks, in order, without their indentation. */
export function blocksOf(markdown: string): readonly Block[] {
  return [...markdown.matchAll(/^( *)```(.*)\n([\s\S]*?)^\1```$/gm)].map(
    ({ 1: indent, 2: language, 3: code, index }) => {
      const above = markdown.slice(0, index).replaceAll(fenced, "");
      return {
        language: language ?? "",
        code: (code ?? "").replaceAll(new RegExp(`^${indent}`, "gm"), ""),
        heading: [...above.matchAll(/^#+ (.*)$/gm)].at(-1)?.[1] ?? "",
      };
    },
  );
}

/** The command lines of a shell block, without comments and with continued lines joined. */
export function commandsOf(code: string): readonly string[] {
  return code
    .replaceAll(/ *\\\n\s*/g, " ")
    .split("\n")
    .map((line) => line.replace(/(^|\s+)#\s.*$/, "").trim())
    .filter((line) => line !== "");
}

/** The inline code in running text, each on one line. */
export function spansOf(markdown: string): readonly string[] {
  return markdown.replaceAll(fenced, "").match(/(?<=(?<!`)`)[^`\n]+(?=`(?!`))/g) ?? [];
}

const fenced = /^( *)```.*?^\1```$/gms;

/** The rows of a section's tables, without their headers. */
export function rowsOf(markdown: string, heading: string): readonly string[] {
  const [, section = ""] = markdown.split(`\n## ${heading}\n`);
  const [own = ""] = section.split("\n## ");
  const lines = own.split("\n");
  const rule = lines.findIndex((line) => /^\|(-+\|)+$/.test(line));
  return lines.slice(rule + 1).filter((line) => line.startsWith("|"));
}
