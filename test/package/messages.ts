import ts from "typescript";
import { read } from "./documents.ts";

/** The files that have the texts which users meet. */
const files = [
  "cli/alarms-file.ts",
  "cli/key-input.ts",
  "cli/usage.ts",
  "monitor/argument-problems.ts",
  "monitor/lambda/handler.ts",
  "monitor/lambda/invocation.ts",
  "monitor/lambda/secrets.ts",
  "monitor/require-aws.ts",
  "monitor/resources/notifications.ts",
  "monitor/schema.ts",
  "monitor/settings.ts",
  "provider/announce.ts",
  "provider/connection.ts",
  "provider/core/inputs.ts",
  "provider/core/messages.ts",
  "provider/deepseek/endpoint.ts",
  "provider/deepseek/verdict.ts",
  "provider/dynamic-shell.ts",
  "provider/stack-config.ts",
];

/** Texts of these files that nobody meets as a message. */
const others = [
  "API key (it is not shown):",
  "Encrypts the alerts of the DeepSeekMonitor '",
  "a wrong command line, or no key",
  "could not be reached (",
  "nothing is known: the service is busy, failing or out of reach. Try again",
  "something unexpected: an error of this program",
  "the key is rejected (HTTP 401, seen twice)",
  "the key works",
  "the key works, and its account has no money",
  "the model or the address is wrong",
];

/** Every text in the code, in order: a template's is cut at its placeholders. */
const texts = files.flatMap((file) => {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) return;
    if (ts.isStringLiteral(node) || ts.isTemplateLiteralToken(node)) found.push(plain(node.text));
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, read(file), ts.ScriptTarget.ES2023));
  return found;
});

/** Those that are words, three or more, each once. */
export function messageParts(): readonly string[] {
  return [...new Set(texts)].filter((text) => /\S+ \S+ \S+/.test(text) && !others.includes(text));
}

/** Whether the code has these words; a long text goes on in the next line. */
export function textsIn(words: string): boolean {
  return texts.join(" ").includes(words);
}

/** A text in one line, as it is read. */
export function plain(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
