import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Environment, lastLines, runCommand } from "../engine/command.ts";
import { buildGoProgram, findGo } from "../engine/go.ts";
import { install } from "../engine/install.ts";

const module = fileURLToPath(new URL("go", import.meta.url));
const usualCache = fileURLToPath(new URL("../../node_modules/.cache", import.meta.url));

/**
 * Toxiproxy, built once from the Go module that `go/go.mod` pins, and kept in `node_modules/.cache`.
 *
 * @param progress is told of everything that takes longer than a moment.
 * @returns the path of its server
 * @throws if it cannot be built; the message says why, and what to do.
 */
export async function ensureToxiproxy(
  progress: (line: string) => void,
  environment: Environment = process.env,
  cache = usualCache,
): Promise<string> {
  const pinned = /toxiproxy\/v2 v(\S+)/.exec(await readFile(join(module, "go.mod"), "utf8"))?.[1];
  if (pinned === undefined) throw new Error(`${module}/go.mod does not pin toxiproxy`);
  const target = join(cache, `toxiproxy-${pinned}`);
  const server = (root: string) => join(root, "bin", "toxiproxy");
  const check = async (root: string) => {
    const { code, all } = await runCommand(server(root), ["-version"], { env: environment });
    if (code !== 0 || !all.includes(pinned)) throw new Error(`toxiproxy ${pinned} does not run: ${lastLines(all)}`);
  };
  if (await succeeds(check(target))) return server(target);

  try {
    const go = await findGo(environment);
    progress(`Getting toxiproxy ${pinned} for the tests of faults (once, about a minute) …`);
    const program = {
      name: "toxiproxy",
      module,
      source: "github.com/Shopify/toxiproxy/v2/cmd/server",
      version: ["github.com/Shopify/toxiproxy/v2.Version", pinned],
    } as const;
    await install(target, check, ({ root, temporary }) =>
      buildGoProgram(go, program, server(root), temporary, environment, progress),
    );
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `The tests of faults need toxiproxy, and it could not be built: ${reason}\n` +
        "What to do: install Go 1.26 (https://go.dev/doc/install); behind a mirror of Go modules, set GOPROXY.",
      { cause: error },
    );
  }
  return server(target);
}

function succeeds(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}
