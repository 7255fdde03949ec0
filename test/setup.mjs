// Runs first in every command that needs the development dependencies (`npm run setup`), so that a fresh clone needs no
// separate `npm install`; with `--build` it builds the package too. Plain JavaScript without dependencies: the
// machine's older Node may run it. The command after it uses the Node of the `node` package, which npm puts first on the
// PATH.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const lockfile = new URL("../package-lock.json", import.meta.url);
// npm writes this file last, so its presence means that an installation was completed.
const installed = new URL("../node_modules/.package-lock.json", import.meta.url);

if (!existsSync(installed) || statSync(lockfile).mtimeMs > statSync(installed).mtimeMs) {
  console.log("Installing the development dependencies with 'npm ci' (once, about half a minute) …");
  // Hides the warnings about the machine's Node, since the dependencies include the required Node.
  const failure = "The dependencies could not be installed: npm's message above says why. Then run the command again.";
  run(["ci", "--loglevel=error", "--no-fund", "--no-audit"], failure);
}

if (process.argv.includes("--build"))
  run(["run", "--silent", "build"], "The package could not be built: the messages above say why.");

/** Runs npm. If it fails, exits with a message that says what to do. */
function run(parameters, failure) {
  // What dependencies run when they are installed does not see a developer's key.
  const { DEEPSEEK_API_KEY: _, ...env } = process.env;
  const options = { cwd: root, env, stdio: "inherit", shell: process.platform === "win32" };
  const { status } = spawnSync("npm", parameters, options);
  if (status === 0) return;
  console.error(failure);
  process.exit(status ?? 1);
}
