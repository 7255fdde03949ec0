import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { anchorsOf, linksOf, rowsOf } from "./markdown.ts";

const root = new URL("../../", import.meta.url);
const documents = ["README.md", "SECURITY.md", "monitor/RUNBOOK.md", "examples/ci/README.md"];

function read(path: string | URL): string {
  return readFileSync(new URL(path, root), "utf8");
}

/** The links into the repository, resolved as a browser does. */
function localLinks(document: string) {
  return linksOf(read(document))
    .filter(({ target }) => !/^[a-z]+:/.test(target))
    .map(({ text, target }) => ({ text, target, url: new URL(target, new URL(document, root)) }));
}

describe.each(documents)("%s", (document) => {
  it("links to files and headings that exist", () => {
    const links = localLinks(document);
    expect(links.length).toBeGreaterThan(5);
    for (const { target, url } of links) {
      const file = new URL(url.pathname, url);
      expect(existsSync(file), target).toBe(true);
      if (url.hash !== "") expect(anchorsOf(read(file)), target).toContain(url.hash.slice(1));
    }
  });

  it("links to a test by the name that the test has", () => {
    for (const { text, url } of localLinks(document).filter(({ target }) => target.endsWith(".test.ts"))) {
      expect(quotes(read(url), text), `'${text}' in ${url.pathname}`).toBe(true);
    }
  });
});

describe("the table of sinks", () => {
  const rows = rowsOf(read("SECURITY.md"), "Where a key could get out");

  it("has each sink that the project knows", () => {
    const sinks = rows.map((row) => row.split("|")[1] ?? "").join("\n");
    const known =
      "console --json state code plan failures errors statusReason trail address headers redirect proxies files " +
      "log metrics alarm dashboard query events environment description SNS Manager heartbeat command rehearsal bundle package";
    for (const word of known.split(" ")) expect(sinks, word).toContain(word);
  });

  it.each(rows)("names a test that holds the promise: %s", (row) => {
    const tests = linksOf(row).filter(({ target }) => target.endsWith(".test.ts"));
    expect(tests.length).toBeGreaterThan(0);
  });
});

describe("what SECURITY.md says of Pulumi's debug switches", () => {
  it("is what the canary leaves out, and nothing more", () => {
    const [, list = ""] = /leftOut = \[([^\]]*)\]/.exec(read("test/lifecycle/canary.ts")) ?? [];
    const leftOut = list.match(/(?<=")[^",\s]+(?=")/g) ?? [];
    expect(leftOut.length).toBeGreaterThan(3);
    for (const name of leftOut) expect(read("SECURITY.md")).toContain(name);
  });
});

it("SECURITY.md fits one page and names no address of mail", () => {
  const text = read("SECURITY.md");
  expect(text.split("\n").length).toBeLessThan(120);
  expect(text).not.toMatch(/[\w.]+@[\w-]+\.\w/);
});

/** Whether a source has a text inside of quotation marks, as titles are. */
function quotes(source: string, text: string): boolean {
  return source.split("\n").some((line) => line.includes(text) && /["'`]/.test(line.slice(0, line.indexOf(text))));
}
