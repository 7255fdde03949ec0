import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

export interface Bundle extends Disposable {
  readonly file: string;
  readonly folder: string;
  /** The modules in the bundle, and what it imports from outside. */
  readonly inputs: readonly string[];
  readonly imports: readonly string[];
}

/** Builds the bundle with the package's own script, into a separate folder. */
export async function buildBundle(): Promise<Bundle> {
  const folder = mkdtempSync(join(tmpdir(), "deepseek-bundle-"));
  const file = join(folder, "index.js");
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const script = String(scripts["build:lambda"]).replace(/--outfile=\S+/, "");
  const [command = "", ...args] = script.trim().split(/\s+/);
  const meta = join(folder, "meta.json");
  const { code, output } = await execute(join(root, "node_modules", ".bin", command), [
    ...args,
    `--outfile=${file}`,
    `--metafile=${meta}`,
  ]);
  if (code !== 0) throw new Error(output);
  const { inputs, outputs } = JSON.parse(readFileSync(meta, "utf8"));
  const imports = Object.values(outputs as Record<string, { imports: { path: string }[] }>).flatMap((built) =>
    built.imports.map(({ path }) => path),
  );
  return {
    file,
    folder,
    inputs: Object.keys(inputs),
    imports,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export interface Invocation {
  /** What the function returned, or `undefined` if it threw. */
  readonly result: unknown;
  readonly stdout: readonly string[];
  readonly stderr: string;
  readonly output: string;
}

/**
 * Invokes the bundle as Lambda does: in a separate process that has only the function's environment, with an event as parsed
 * JSON and a context with the remaining time. A thrown error is printed with all its properties.
 */
export async function invoke(
  { folder, file }: Bundle,
  environment: Readonly<Record<string, string>>,
  event: unknown,
): Promise<Invocation> {
  const program = join(folder, "invoke.js");
  writeFileSync(
    program,
    `
    const { inspect } = require("node:util");
    const { handler } = require(${JSON.stringify(file)});
    const context = { awsRequestId: "request-1", getRemainingTimeInMillis: () => 10_000 };
    handler(JSON.parse(process.argv[2]), context).then(
      (result) => process.stdout.write("returned " + JSON.stringify(result) + "\\n"),
      (error) => process.stderr.write(inspect(error, { depth: null }) + "\\n"),
    );
    `,
  );
  const { stdout, stderr } = await execute(process.execPath, [program, JSON.stringify(event)], environment);
  const lines = stdout.trim().split("\n");
  const returned = lines.find((line) => line.startsWith("returned "));
  return {
    result: returned === undefined ? undefined : JSON.parse(returned.slice("returned ".length)),
    stdout: lines.filter((line) => line !== returned),
    stderr,
    output: stdout + stderr,
  };
}

async function execute(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
  const child = spawn(command, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code: child.exitCode, stdout, stderr, output: stdout + stderr };
}
