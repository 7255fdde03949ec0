import { spawnSync } from "node:child_process";
import { shippedPackage } from "./shipped.ts";

/* `npm run audit`: fails if a published dependency has a known vulnerability, according to npm's registry. */

using shipped = await shippedPackage();
const { status } = spawnSync("npm", ["audit"], { cwd: shipped.folder, stdio: "inherit" });
process.exitCode = status ?? 1;
