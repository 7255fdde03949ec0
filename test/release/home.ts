import { delimiter } from "node:path";
import { lastLines, runCommand } from "../../examples/demo/engine/command.ts";
import { ownNode } from "../adoption/tools.ts";

/** The environment of somebody with an empty HOME: nothing of this repository's scripts, and no settings or tokens. */
export function environmentIn(home: string, folders: readonly string[] = []): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) =>
    /^(PATH|LANG|TERM|CI|SSL_CERT_FILE|NODE_EXTRA_CA_CERTS)$/.test(name),
  );
  const { PATH = "", ...others } = Object.fromEntries(kept);
  return { ...others, PATH: [ownNode, ...folders, PATH].join(delimiter), HOME: home, USERPROFILE: home };
}

/** Runs npm with a folder as HOME. @throws with npm's output if it fails */
export async function npmWith(home: string, parameters: readonly string[]): Promise<void> {
  const { code, all } = await runCommand("npm", parameters, { cwd: home, env: environmentIn(home) });
  if (code !== 0) throw new Error(`npm ${parameters[0]} failed:\n${lastLines(all)}`);
}
