import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { root } from "../support/repository.ts";
import { errorSections, makeErrorsPage } from "./errors-page.ts";

const entries = errorSections().flatMap((section) => section.entries);

describe("ERRORS.md", () => {
  it("is up to date with the tables of messages; if not, run 'npm run docs'", async () => {
    await expect(makeErrorsPage()).toMatchFileSnapshot(fileURLToPath(new URL("provider/ERRORS.md", root)));
  });

  it("lists each code once, in lower case with hyphens", () => {
    const codes = entries.map(({ code }) => code);
    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
    for (const code of codes) expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });
});
