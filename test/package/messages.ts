import ts from "typescript";
import { read } from "./documents.ts";

/** The files that have the texts which users meet. */
const files = [
  "provider/announce.ts",
  "provider/arguments.ts",
  "provider/cli/alarms-file.ts",
  "provider/cli/key.ts",
  "provider/cli/secrecy.ts",
  "provider/cli/usage.ts",
  "provider/connection.ts",
  "provider/key.ts",
  "provider/lifecycle.ts",
  "provider/messages.ts",
  "provider/rotation.ts",
  "provider/deepseek/endpoint.ts",
  "provider/deepseek/hosts.ts",
  "provider/deepseek/verdict.ts",
  "monitor/aws.ts",
  "monitor/lambda/handler.ts",
  "monitor/lambda/input.ts",
  "monitor/lambda/key.ts",
  "monitor/lambda/secrets.ts",
  "monitor/notifications.ts",
  "monitor/validation/consistency.ts",
  "monitor/validation/late.ts",
  "monitor/validation/problems.ts",
  "monitor/validation/rules.ts",
  "monitor/validation/schema.ts",
  "monitor/validation/settings.ts",
];

/** Texts of these files that nobody meets as a message. */
const others = ["API key (it is not shown):", "Encrypts the alerts of the DeepSeekMonitor '"];

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
