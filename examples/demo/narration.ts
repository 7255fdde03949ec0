import { styleText } from "node:util";

/** Longest line, in characters. Longer lines are hard to read, even on a wide terminal. */
const maxWidth = 110;

/** Prints a text, wrapped between words. Line breaks in the text are kept. */
export function say(text: string): void {
  console.log(wrap(text));
}

/** Prints that a longer step begins. */
export function progress(line: string): void {
  console.log(styleText("dim", line));
}

export function heading(text: string): void {
  console.log(`\n${styleText(["bold", "cyan"], text)}`);
}

/** Prints a command as a person would type it. @param comment what else it needs, such as an answer to its prompt */
export function showCommand(command: string, comment?: string): void {
  const remark = comment === undefined ? "" : styleText("dim", `  # ${comment}`);
  console.log(`\n${styleText("bold", `$ ${command}`)}${remark}`);
}

/** Prints a command's output unchanged. */
export function showOutput(text: string): void {
  console.log(text);
}

/** Prints a claim that was checked. */
export function verified(line: string): void {
  console.log(`\n${styleText("green", wrap(`✓ ${line}`))}`);
}

export function complain(line: string): void {
  console.error(styleText("red", `✗ ${line}`, { stream: process.stderr }));
}

function wrap(text: string): string {
  // Some terminals report a width of 0.
  const width = Math.min(process.stdout.columns || maxWidth, maxWidth);
  const lines = text.split("\n").map((line) =>
    line.split(" ").reduce((wrapped, word) => {
      const last = wrapped.slice(wrapped.lastIndexOf("\n") + 1);
      return `${wrapped}${last.length + 1 + word.length > width ? "\n" : " "}${word}`;
    }),
  );
  return lines.join("\n");
}
