import { describe, expect, inject, it } from "vitest";
import { runCommand } from "../../examples/demo/engine/command.ts";
import { blocksOf, commandsOf, spansOf } from "../support/markdown.ts";
import { documents, read } from "../support/repository.ts";

/* Checks with the real CLI that each Pulumi command in a document exists, with its flags. */

/** The command lines that begin with `pulumi`, also inside another command. */
function pulumiCommands(document: string): readonly string[] {
  const markdown = read(document);
  const shell = blocksOf(markdown).filter(({ language }) => language === "sh");
  const lines = [...shell.flatMap(({ code }) => commandsOf(code)), ...spansOf(markdown)];
  return lines.flatMap((line) => line.match(/(?<![\w./-])pulumi [a-z][^)|;"&]*/g) ?? []);
}

const help = new Map<string, Promise<string>>();

/** The CLI's help on a command; empty if the command does not exist. */
function helpOf(words: string): Promise<string> {
  const asked = help.get(words) ?? ask(words.split(" "));
  help.set(words, asked);
  return asked;
}

async function ask(words: readonly string[]): Promise<string> {
  const { pulumi, env } = inject("engine");
  const { code, stdout } = await runCommand(pulumi, [...words, "--help"], { env });
  return code === 0 && stdout.includes(`pulumi ${words.join(" ")}`) ? stdout : "";
}

/** The problem with a command, if any. */
async function complaint(command: string): Promise<string | undefined> {
  const words = command.split(" ").slice(1);
  const flags = words.flatMap((word) => word.match(/^--?[a-z][\w-]*/g) ?? []);
  const plain = words.filter((word) => /^[a-z-]+$/.test(word) && !word.startsWith("-"));
  const two = plain.length > 1 ? await helpOf(plain.slice(0, 2).join(" ")) : "";
  const text = two === "" ? await helpOf(plain[0] ?? "") : two;
  if (text === "") return `there is no such command: ${command}`;
  const unknown = flags.filter((flag) => !new RegExp(`(^|[\\s,])${flag}([\\s,=]|$)`, "m").test(text));
  return unknown.length === 0 ? undefined : `'pulumi ${plain[0]}' knows no ${unknown.join(", ")}: ${command}`;
}

const having = documents.filter((document) => pulumiCommands(document).length > 0);

describe("Pulumi's CLI knows each command and flag of", () => {
  it.each(having)("%s", async (document) => {
    const complaints = await Promise.all(pulumiCommands(document).map(complaint));
    expect(complaints.filter((text) => text !== undefined)).toEqual([]);
  });

  it("README.md and the rotation how-to, and rejects unknown ones", async () => {
    expect(having).toEqual(expect.arrayContaining(["README.md", "examples/rotation/README.md"]));
    expect(await complaint("pulumi refresh --preview-onyl")).toContain("--preview-onyl");
    expect(await complaint("pulumi stak init dev")).toContain("no such command");
  });
});
