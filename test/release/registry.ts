import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { access } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { ensureInstalled } from "../../examples/demo/engine/install.ts";
import { onInterruption } from "../../examples/demo/engine/interruption.ts";
import { killFamily } from "../../examples/demo/engine/processes.ts";
import { freePort } from "../support/free-port.ts";
import { npm } from "../support/npm.ts";
import { npmWith } from "./home.ts";

/** A local npm registry. It gets other packages from the machine's registry, but never this one. */
export interface Registry extends AsyncDisposable {
  readonly url: string;
}

const START_MS = 60_000;

/** Starts Verdaccio on loopback, with its storage in a folder. */
export async function startRegistry(folder: string, ownName: string): Promise<Registry> {
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const uplink = npm(folder, "config", "get", "registry").trim();
  const config = {
    storage: join(folder, "storage"),
    auth: { htpasswd: { file: join(folder, "htpasswd"), max_users: 1 } },
    uplinks: { others: { url: uplink, maxage: "1h", timeout: "60s", max_fails: 20 } },
    packages: {
      // No uplink: what a user would install must be what was built here.
      [ownName]: { access: "$all", publish: "$authenticated" },
      "**": { access: "$all", proxy: "others" },
    },
    log: { type: "file", path: join(folder, "log"), level: "warn" },
  };
  // JSON is YAML.
  writeFileSync(join(folder, "config.yaml"), JSON.stringify(config));
  const script = await ensureVerdaccio();
  const child = spawn(
    process.execPath,
    [script, "--config", join(folder, "config.yaml"), "--listen", `127.0.0.1:${port}`],
    {
      detached: true,
      stdio: "ignore",
    },
  );
  const stop = () => {
    if (child.pid !== undefined) killFamily(child.pid);
  };
  const withdraw = onInterruption(stop);
  const url = `http://127.0.0.1:${port}/`;
  const begun = Date.now();
  while (
    !(await fetch(`${url}-/ping`).then(
      (response) => response.ok,
      () => false,
    ))
  ) {
    if (child.exitCode !== null || Date.now() - begun > START_MS) {
      stop();
      throw new Error(`Verdaccio did not start. Its log: ${join(folder, "log")}`);
    }
    await delay(200);
  }
  return {
    url,
    async [Symbol.asyncDispose]() {
      withdraw();
      stop();
    },
  };
}

/** Installs Verdaccio once, into `node_modules/.cache`, by a lockfile of its own. @returns its script */
async function ensureVerdaccio(): Promise<string> {
  const source = fileURLToPath(new URL("verdaccio", import.meta.url));
  const lockfile = readFileSync(join(source, "package-lock.json"), "utf8");
  const { version } = JSON.parse(lockfile).packages["node_modules/verdaccio"];
  const target = fileURLToPath(new URL(`../../node_modules/.cache/verdaccio-${version}`, import.meta.url));
  const scriptIn = (folder: string) => join(folder, "node_modules", "verdaccio", "bin", "verdaccio");
  await ensureInstalled(
    target,
    (folder) => access(scriptIn(folder)),
    async ({ root }) => {
      for (const file of ["package.json", "package-lock.json"]) cpSync(join(source, file), join(root, file));
      npm(root, "ci", "--loglevel=error", "--ignore-scripts", "--no-audit", "--no-fund");
    },
  );
  return scriptIn(target);
}

/** @throws Error unless the registry is on this machine: a rehearsal must never publish for real */
export function requireLoopback(registry: string): void {
  const { hostname } = new URL(registry);
  if (["127.0.0.1", "[::1]", "localhost"].includes(hostname)) return;
  throw new Error(
    `The rehearsal publishes only to a registry on this machine, not to ${hostname}. To publish for real, create a release on GitHub.`,
  );
}

/**
 * Publishes a packed package to a local registry, with a user and a token that exist only there.
 *
 * @param home a folder that serves as HOME
 */
export async function publish(tarball: string, registry: string, home: string): Promise<void> {
  requireLoopback(registry);
  const user = { name: "rehearsal", password: crypto.randomUUID() };
  const response = await fetch(new URL(`-/user/org.couchdb.user:${user.name}`, registry), {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(user),
  });
  const { token } = (await response.json()) as { readonly token?: string };
  if (token === undefined) throw new Error(`The local registry gave no token (HTTP ${response.status}).`);
  const { host } = new URL(registry);
  writeFileSync(join(home, ".npmrc"), `registry=${registry}\n//${host}/:_authToken=${token}\n`);
  await npmWith(home, ["publish", tarball, "--access", "public", "--ignore-scripts", "--registry", registry]);
  // Users have no token.
  writeFileSync(join(home, ".npmrc"), `registry=${registry}\n`);
}
