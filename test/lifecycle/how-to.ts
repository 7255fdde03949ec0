import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, inject } from "vitest";
import type { CommandResult } from "../../examples/demo/engine/command.ts";
import { createWorkspace, type Workspace } from "../../examples/demo/engine/workspace.ts";
import { blocksOf, commandsOf } from "../support/markdown.ts";

const examples = new URL("../../examples/", import.meta.url);

/** A how-to page whose commands are run unchanged. */
export class HowTo {
  readonly #name: string;
  readonly #page: string;

  /** @param name the folder in `examples` */
  constructor(name: string) {
    this.#name = name;
    this.#page = readFileSync(new URL(`${name}/README.md`, examples), "utf8");
  }

  /** The shell commands under a heading, by block. */
  commands(heading: string): readonly (readonly string[])[] {
    const blocks = blocksOf(this.#page).filter((block) => block.heading === heading && block.language === "sh");
    expect(blocks, heading).not.toEqual([]);
    return blocks.map(({ code }) => commandsOf(code));
  }

  /** Creates a project with the page's program and an empty stack `dev`. */
  workspace(
    env: Readonly<Record<string, string>> = {},
    config: Readonly<Record<string, string>> = {},
    folder = this.#name,
  ): Promise<Workspace> {
    const directory = fileURLToPath(new URL(folder, examples));
    const name = `deepseek-${folder.replaceAll("/", "-")}`;
    return createWorkspace({ engine: inject("engine"), program: { directory }, name, env, config });
  }
}

/** Runs a command of a page. @param typed the input for its prompt */
export async function follow(stack: Workspace, command: string, typed?: string): Promise<CommandResult> {
  const [tool, ...parameters] = command.split(" ");
  // The workspace already has the packages and the stack.
  const isDone = command === "npm install" || command === "pulumi stack init dev";
  if (isDone) return { code: 0, stdout: "", stderr: "", all: "" };
  expect(tool).toBe("pulumi");
  const [verb] = parameters;
  const unasked = verb === "up" ? ["--yes"] : command.startsWith("pulumi stack init") ? ["--no-select"] : [];
  return stack.run([...parameters, ...unasked], { input: typed });
}

/** Runs all commands of a block, which must succeed. @param typed the inputs, by a part of the command */
export async function followAll(
  stack: Workspace,
  commands: readonly string[],
  typed: Readonly<Record<string, string>> = {},
): Promise<ReadonlyMap<string, CommandResult>> {
  const results = new Map<string, CommandResult>();
  for (const command of commands) {
    const [, answer] = Object.entries(typed).find(([part]) => command.includes(part)) ?? [];
    const result = await follow(stack, command, answer);
    expect(result.code, `${command}\n${result.all}`).toBe(0);
    results.set(command, result);
  }
  return results;
}
