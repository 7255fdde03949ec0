import { describe, expect, it } from "vitest";
import { read } from "./documents.ts";
import { messageParts, plain, textsIn } from "./messages.ts";

const page = read("provider/ERRORS.md");
const parts = messageParts();

/** The first cell of each row of its tables: a message, with ‹…› for what differs. */
const rows = page
  .split("\n")
  .filter((line) => line.startsWith("| ") && !line.startsWith("| text |"))
  .map((line) => line.split(" | ")[0]?.slice(2) ?? "");

/** What stands between the placeholders, as far as it is words. */
function wordsOf(message: string): readonly string[] {
  return (
    message
      .split(/‹[^›]*›/)
      // Without the place before it, which differs, and without what the code puts before several texts.
      .map((part) =>
        plain(part)
          .replace(/^[\w.]*: /, "")
          .replace(/^must be (?=a |an )/, ""),
      )
      .filter((part) => /\S+ \S+ \S+/.test(part))
  );
}

describe("the page on errors and warnings", () => {
  it.each(parts)("has the words of the code: %s", (part) => {
    expect(plain(page).replaceAll("`", "")).toContain(part);
  });

  it.each(rows)("has no message that the code does not have: %s", (message) => {
    for (const words of wordsOf(message)) expect(textsIn(words), words).toBe(true);
  });

  it("has the messages of each kind, each once", () => {
    expect(parts.length).toBeGreaterThan(100);
    expect(rows.length).toBeGreaterThan(100);
    const told = rows.map((row) => row.replaceAll(/‹[^›]*›/g, "‹›"));
    expect(told.filter((row, index) => told.indexOf(row) !== index)).toEqual([]);
  });

  it("gives each message a cause, and a remedy or where one is", () => {
    const lines = page.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| text |"));
    for (const line of lines) expect(line.split(" | "), line).toHaveLength(3);
    for (const line of lines) expect(line.split(" | ")[1], line).toMatch(/^[^|]*[.)\w]$/);
  });
});
