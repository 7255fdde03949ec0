import { spawnSync } from "node:child_process";
import { shippedPackage } from "./shipped.ts";

/* `npm run audit`: fails if something that users get has a known vulnerability. It asks npm's registry. */

using shipped = await shippedPackage();
const { status } = spawnSync("npm", ["audit"], { cwd: shipped.folder, stdio: "inherit" });
process.exitCode = status ?? 1;
