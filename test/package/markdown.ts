/** A link of a Markdown text: what it says and where it points to. */
export interface Link {
  readonly text: string;
  readonly target: string;
}

/** All links, in order, without those inside of code blocks. */
export function linksOf(markdown: string): readonly Link[] {
  const prose = markdown.replaceAll(/^ *```.*?^ *```/gms, "");
  return [...prose.matchAll(/\[((?:[^\]\\]|\\.)*)\]\(([^)\s]+)\)/g)].map(([, text = "", target = ""]) => ({
    // As it is read: without the escapes and on one line.
    text: text.replaceAll(/\\(.)/g, "$1").replaceAll(/\s+/g, " "),
    target,
  }));
}

/** The anchors of the headings, as GitHub makes them. */
export function anchorsOf(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** The rows of a section's tables, without their heads. */
export function rowsOf(markdown: string, heading: string): readonly string[] {
  const [, section = ""] = markdown.split(`\n## ${heading}\n`);
  const [own = ""] = section.split("\n## ");
  const lines = own.split("\n");
  const rule = lines.findIndex((line) => /^\|(-+\|)+$/.test(line));
  return lines.slice(rule + 1).filter((line) => line.startsWith("|"));
}
