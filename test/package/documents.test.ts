import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { anchorsOf, blocksOf, commandsOf, linksOf, rowsOf } from "../support/markdown.ts";
import { documents, read, root } from "../support/repository.ts";

/** The links into the repository, resolved as in a browser. */
function localLinks(document: string) {
  return linksOf(read(document))
    .filter(({ target }) => !/^[a-z]+:/.test(target))
    .map(({ target }) => ({ target, url: new URL(target, new URL(document, root)) }));
}

describe.each(documents)("%s", (document) => {
  it("links to files and headings that exist", () => {
    for (const { target, url } of localLinks(document)) {
      const file = new URL(url.pathname, url);
      expect(existsSync(file), target).toBe(true);
      if (url.hash !== "") expect(anchorsOf(read(file)), target).toContain(url.hash.slice(1));
    }
  });

  it("links to the web with complete https addresses, which no test calls", () => {
    for (const address of addressesOf(read(document))) {
      expect(URL.canParse(address), address).toBe(true);
      const { protocol, hostname, username } = new URL(address);
      expect({ address, protocol, username }).toEqual({ address, protocol: "https:", username: "" });
      expect(hostname).toMatch(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/);
    }
  });
});

it("the main pages are among the documents whose links are checked, and contain links", () => {
  for (const document of ["README.md", "SECURITY.md", "monitor/RUNBOOK.md", "examples/rotation/README.md"]) {
    expect(documents).toContain(document);
    expect(localLinks(document).length, document).toBeGreaterThan(2);
  }
  expect(addressesOf(read(".github/DEPENDENCIES.md")).length).toBeGreaterThan(5);
});

describe("README.md", () => {
  const lines = read("README.md").trimEnd().split("\n");

  it("has at most 150 lines", () => {
    expect(lines.length).toBeLessThanOrEqual(150);
  });

  it("shows the commands that work in a clone within its first 40 lines", () => {
    const first = blocksOf(lines.slice(0, 40).join("\n")).flatMap(({ code }) => commandsOf(code));
    expect(first).toEqual(expect.arrayContaining(["npm run demo", "npm test"]));
  });

  it("links to every page of the repository", () => {
    const linked = new Set(localLinks("README.md").map(({ url }) => url.href));
    const pages = documents.filter((document) => document !== "README.md");
    expect(pages.filter((page) => !linked.has(new URL(page, root).href))).toEqual([]);
  });
});

describe("SECURITY.md's table of sinks", () => {
  const rows = rowsOf(read("SECURITY.md"), "Where a key could get out");

  it("lists each sink that the project knows", () => {
    const sinks = rows.map((row) => row.split("|")[1] ?? "").join("\n");
    const known =
      "console --json state code plan failures errors statusReason trail address headers redirect proxies files " +
      "log metrics alarm dashboard query events environment description SNS Manager heartbeat command rehearsal bundle package";
    for (const word of known.split(" ")) expect(sinks, word).toContain(word);
  });

  it.each(rows.map((row) => ({ sink: row.split("|")[1]?.trim(), row })))("links to a test for: $sink", ({ row }) => {
    const tests = linksOf(row).filter(({ target }) => target.endsWith(".test.ts"));
    expect(tests.length).toBeGreaterThan(0);
    for (const { target } of tests) expect(existsSync(new URL(target, root)), target).toBe(true);
  });
});

describe("what SECURITY.md says about Pulumi's debug switches", () => {
  it("lists exactly those that the canary test leaves out", () => {
    const [, list = ""] = /leftOut = \[([^\]]*)\]/.exec(read("test/lifecycle/canary.ts")) ?? [];
    const leftOut = list.match(/(?<=")[^",\s]+(?=")/g) ?? [];
    expect(leftOut.length).toBeGreaterThan(3);
    for (const name of leftOut) expect(read("SECURITY.md")).toContain(name);
  });
});

it("SECURITY.md fits on one page and contains no email address", () => {
  const text = read("SECURITY.md");
  expect(text.split("\n").length).toBeLessThan(140);
  expect(text).not.toMatch(/[\w.]+@[\w-]+\.\w/);
});

/** The web addresses that a document links to, including autolinks: `<https://…>`. */
function addressesOf(markdown: string): readonly string[] {
  const links = linksOf(markdown).map(({ target }) => target);
  return [
    ...links.filter((target) => /^[a-z]+:/.test(target)),
    ...(markdown.match(/(?<=<)[a-z]+:\/\/[^>\s]+(?=>)/g) ?? []),
  ];
}
