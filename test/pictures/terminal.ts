import { stripVTControlCharacters } from "node:util";
import { escapeXml, svgFile } from "../../dist/monitor/rehearsal/svg-elements.js";

// Lengths are in pixels, the width of a line in characters.
const COLUMNS = 112;
const CHARACTER = 8.43;
const SIZE = 14;
const LINE = 20;
const MARGIN = 20;
const BAR = 36;

const FONT = `font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${SIZE}"`;
const BACKGROUND = "#161b22";
const INK = "#e6edf3";

/** The sixteen basic colours of a terminal, in GitHub's dark theme. */
const palette =
  "#484f58 #ff7b72 #3fb950 #d29922 #58a6ff #bc8cff #39c5cf #b1bac4 #6e7681 #ffa198 #56d364 #e3b341 #79c0ff #d2a8ff #56d4dd #ffffff".split(
    " ",
  );

interface Run {
  readonly text: string;
  readonly colour: string;
  readonly bold: boolean;
}

/** Draws the output of a command as a terminal does, with the colours of its escape sequences. */
export function drawTerminal(command: string, output: string): string {
  const prompt: readonly Run[] = [
    { text: "$ ", colour: palette[2] ?? INK, bold: false },
    { text: command, colour: INK, bold: true },
  ];
  const lines = [prompt, ...output.split("\n").flatMap((line) => wrapped(line))];
  const width = Math.ceil(2 * MARGIN + COLUMNS * CHARACTER);
  const height = BAR + lines.length * LINE + MARGIN;
  return svgFile(`The output of '${command}'`, { width, height, font: FONT }, [
    `<rect width="${width}" height="${height}" rx="8" fill="${BACKGROUND}"/>`,
    ...["#ff5f57", "#febc2e", "#28c840"].map(
      (colour, index) => `<circle cx="${MARGIN + 6 + 20 * index}" cy="18" r="6" fill="${colour}"/>`,
    ),
    ...lines.map((runs, index) => drawLine(runs, BAR + SIZE + index * LINE)),
  ]);
}

function drawLine(runs: readonly Run[], y: number): string {
  const spans = runs.map(({ text, colour, bold }) => {
    const weight = bold ? ' font-weight="700"' : "";
    return `<tspan fill="${colour}"${weight}>${escapeXml(text)}</tspan>`;
  });
  return `<text x="${MARGIN}" y="${y}" xml:space="preserve">${spans.join("")}</text>`;
}

/** Splits a printed line into lines of the drawing, between words. */
function wrapped(line: string): readonly (readonly Run[])[] {
  const indent = /^ */.exec(stripVTControlCharacters(line))?.[0] ?? "";
  const lines: Run[][] = [[]];
  let used = 0;
  for (const run of runsOf(line)) {
    for (const word of run.text.match(/\s*\S+|\s+$/g) ?? []) {
      const breaks = used + word.length > COLUMNS && used > indent.length;
      const text = breaks ? indent + word.trimStart() : word;
      if (breaks) lines.push([]);
      used = (breaks ? 0 : used) + text.length;
      lines.at(-1)?.push({ ...run, text });
    }
  }
  return lines.map(joined);
}

/** Merges neighbouring characters with the same style. */
function joined(runs: readonly Run[]): readonly Run[] {
  const done: Run[] = [];
  for (const run of runs) {
    const last = done.at(-1);
    if (last?.colour === run.colour && last.bold === run.bold)
      done.splice(-1, 1, { ...run, text: last.text + run.text });
    else done.push(run);
  }
  return done;
}

/** The parts of a line between its escape sequences (ECMA-48, 'Select Graphic Rendition'), as far as Pulumi uses them. */
function runsOf(line: string): readonly Run[] {
  let style = { colour: INK, bold: false };
  const [plain = "", ...styled] = line.split("\u001b[");
  return [`m${plain}`, ...styled].flatMap((part) => {
    const [, codes = "", text = ""] = /^([\d;]*)m(.*)$/.exec(part) ?? [];
    style = restyled(style, codes.split(";").map(Number));
    return text === "" ? [] : [{ text, ...style }];
  });
}

function restyled(style: Omit<Run, "text">, [code = 0, kind, index = 0]: readonly number[]): Omit<Run, "text"> {
  if (code === 0) return { colour: INK, bold: false };
  if (code === 1) return { ...style, bold: true };
  if (code === 38 && kind === 5) return { ...style, colour: palette[index] ?? INK };
  if (code >= 30 && code <= 37) return { ...style, colour: palette[code - 30] ?? INK };
  if (code >= 90 && code <= 97) return { ...style, colour: palette[code - 82] ?? INK };
  return style;
}
