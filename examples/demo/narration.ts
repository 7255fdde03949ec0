import { styleText } from "node:util";

/** Lines longer than this are hard to read, however wide the terminal is. */
const maxWidth = 110;

/** Plain sentences, broken between words; a line break of the text is kept. */
export function say(text: string): void {
  console.log(wrap(text));
}

/** Something that takes a while begins. */
export function progress(line: string): void {
  console.log(styleText("dim", line));
}

export function heading(text: string): void {
  console.log(`\n${styleText(["bold", "cyan"], text)}`);
}

/** A command as a person would type it. What it needs besides, such as an answer, is a comment. */
export function showCommand(command: string, comment?: string): void {
  const remark = comment === undefined ? "" : styleText("dim", `  # ${comment}`);
  console.log(`\n${styleText("bold", `$ ${command}`)}${remark}`);
}

/** What a command printed: not wrapped, nothing added. */
export function showOutput(text: string): void {
  console.log(text);
}

/** What was checked, and holds. */
export function verified(line: string): void {
  console.log(`\n${styleText("green", wrap(`✓ ${line}`))}`);
}

export function complain(line: string): void {
  console.error(styleText("red", `✗ ${line}`, { stream: process.stderr }));
}

function wrap(text: string): string {
  // Some terminals say that they are 0 wide.
  const width = Math.min(process.stdout.columns || maxWidth, maxWidth);
  const lines = text.split("\n").map((line) =>
    line.split(" ").reduce((wrapped, word) => {
      const last = wrapped.slice(wrapped.lastIndexOf("\n") + 1);
      return `${wrapped}${last.length + 1 + word.length > width ? "\n" : " "}${word}`;
    }),
  );
  return lines.join("\n");
}
