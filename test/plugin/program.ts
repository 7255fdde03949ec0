import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";
import type { Engine } from "../../examples/demo/engine/engine.ts";
import { createWorkspace, type Workspace } from "../../examples/demo/engine/workspace.ts";
import { Watched } from "../lifecycle/canary.ts";
import { root } from "../support/repository.ts";
import type { Language, Wanted } from "./languages.ts";

/**
 * The environment in which an engine finds the built plugin.
 *
 * @param folders further folders for the PATH, such as those of language hosts
 */
export function withPlugin(engine: Engine, ...folders: readonly string[]): { readonly PATH: string } {
  const plugin = fileURLToPath(new URL("dist/plugin", root));
  return { PATH: [...folders, plugin, engine.env["PATH"]].filter((folder) => folder !== "").join(delimiter) };
}

/** A project whose engine finds the plugin on the PATH. Every command's output is recorded, to search it for keys. */
export class PluginProject {
  readonly watched: Watched;
  readonly #workspace: Workspace;
  readonly #language: Language;
  readonly #baseUrl: string;

  private constructor(watched: Watched, workspace: Workspace, language: Language, baseUrl: string) {
    this.watched = watched;
    this.#workspace = workspace;
    this.#language = language;
    this.#baseUrl = baseUrl;
  }

  /** @param env with the engine, the plugin and what the language needs on its PATH */
  static async start(
    language: Language,
    engine: Engine,
    env: { readonly PATH: string },
    baseUrl: string,
  ): Promise<PluginProject> {
    const workspace = await createWorkspace({ engine, program: await language.files(), env });
    try {
      const execute = await language.executeIn?.(workspace);
      const watched = new Watched(workspace, { execute, tested: language.safeSwitches });
      return new PluginProject(watched, workspace, language, baseUrl);
    } catch (error) {
      await workspace.remove();
      throw error;
    }
  }

  /** Runs a command with a program that creates what is wanted. @returns what it printed */
  async run(wanted: Wanted, command: string, outcome: "works" | "fails" = "works"): Promise<string> {
    this.watched.env = { WANTED: JSON.stringify({ wanted, baseUrl: this.#baseUrl }) };
    const declaration = this.#language.declaration?.(wanted, this.#baseUrl);
    if (declaration !== undefined) await this.#workspace.write(...declaration);
    return this.watched.run(command, outcome);
  }
}
