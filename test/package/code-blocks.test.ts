import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { parseDocument } from "yaml";
import { blocksOf, commandsOf, spansOf } from "../support/markdown.ts";
import { documents, read, root } from "../support/repository.ts";

/* Code blocks in the documents are checked: programs compile, data parses, commands exist. Pulumi's own commands are
 * checked with the real CLI in test/lifecycle/commands.test.ts. */

/** Declarations that a page's programs assume. */
const given: Readonly<Record<string, string>> = {
  "monitor/GUIDE.md": `
    import { DeepSeekMonitor } from "pulumi-deepseek/monitor";
    import type { DeepSeekMonitorArgs } from "pulumi-deepseek/monitor";
    declare const args: DeepSeekMonitorArgs;
    declare const subnetIds: string[], securityGroupIds: string[];`,
};

const known = new Set(["ts", "sh", "json", "yaml", "python", "text"]);

/** The first word after the fence. Other words identify the block for readers or tests. */
const languageOf = ({ language }: { readonly language: string }) => language.split(" ")[0] ?? "";

function blocks(document: string, language: string): readonly string[] {
  return blocksOf(read(document))
    .filter((block) => languageOf(block) === language)
    .map(({ code }) => code);
}

const having = (language: string) => documents.filter((document) => blocks(document, language).length > 0);

it.each(documents)("%s states the language of each code block", (document) => {
  const languages = blocksOf(read(document)).map(languageOf);
  expect(languages.filter((language) => !known.has(language))).toEqual([]);
});

describe("the programs in the documents:", () => {
  it("the README and at least one how-to contain programs", () => {
    expect(having("ts")).toEqual(expect.arrayContaining(["README.md", "examples/openai-sdk/README.md"]));
  });

  it.each(having("ts"))("those in %s compile against the published package", { timeout: 300_000 }, (document) => {
    // One module for each page, since a block may use declarations of an earlier one.
    expect(mistakes([given[document] ?? "", ...blocks(document, "ts")].join("\n"))).toEqual([]);
  });

  it("the compilation reports a page with a mistake", { timeout: 300_000 }, () => {
    expect(
      mistakes(`import { DeepSeekConnection } from "pulumi-deepseek"; new DeepSeekConnection("a", { key: "" });`),
    ).toEqual([expect.stringContaining("'key' does not exist in type 'DeepSeekConnectionArgs'")]);
  });
});

describe("the data in", () => {
  it.each(having("json"))("%s is JSON", (document) => {
    for (const code of blocks(document, "json")) expect(() => JSON.parse(code), code).not.toThrow();
  });

  it.each(having("yaml"))("%s is YAML", (document) => {
    for (const code of blocks(document, "yaml")) expect(parseDocument(code).errors, code).toEqual([]);
  });
});

describe("the commands in the documents:", () => {
  const commands = (document: string) => [...blocks(document, "sh").flatMap(commandsOf), ...spansOf(read(document))];

  it.each(having("sh"))("those in %s have valid shell syntax", (document) => {
    for (const code of blocks(document, "sh")) {
      const { status, stderr } = spawnSync("sh", ["-n"], { input: code, encoding: "utf8" });
      expect({ status, stderr }, code).toEqual({ status: 0, stderr: "" });
    }
  });

  it.each(documents)("the npm scripts that %s runs are in package.json", (document) => {
    const { scripts } = JSON.parse(read("package.json"));
    for (const [, name = ""] of commands(document).flatMap((line) => [
      ...line.matchAll(/\bnpm run (?:--\S+ )?([\w:-]+)/g),
    ])) {
      expect(Object.keys(scripts)).toContain(name);
    }
  });

  const ours = documents.filter((document) => commands(document).some((line) => line.includes("npx pulumi-deepseek")));

  it.each(ours)("the `pulumi-deepseek` commands in %s exist, with each option", (document) => {
    const lines = commands(document).flatMap((line) => line.match(/(?<=npx pulumi-deepseek ).*/g) ?? []);
    for (const line of lines) {
      const [command = "", ...words] = line.split(" ");
      const cli = fileURLToPath(new URL("dist/cli/main.js", root));
      const { status, stdout } = spawnSync(process.execPath, [cli, command, "--help"], { encoding: "utf8" });
      expect(status, line).toBe(0);
      for (const option of words.filter((word) => word.startsWith("--"))) expect(stdout).toContain(option);
    }
  });
});

/** Compiles a program in the folder of the README, and returns the compiler's messages. */
function mistakes(program: string): readonly string[] {
  const file = fileURLToPath(new URL("a-program-of-a-page.ts", root));
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    types: ["node"],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (path) => path === file || fileExists(path);
  host.readFile = (path) => (path === file ? program : readFile(path));
  host.getSourceFile = (path, ...more) =>
    path === file ? ts.createSourceFile(path, program, ts.ScriptTarget.ES2023) : getSourceFile(path, ...more);
  const { getPreEmitDiagnostics, createProgram, flattenDiagnosticMessageText } = ts;
  return getPreEmitDiagnostics(createProgram([file], options, host)).map(({ messageText }) =>
    flattenDiagnosticMessageText(messageText, "\n"),
  );
}
