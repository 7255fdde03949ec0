import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { access, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { lastLines } from "../../examples/demo/engine/command.ts";
import { onInterruption } from "../../examples/demo/engine/interruption.ts";
import { killFamily } from "../../examples/demo/engine/processes.ts";
import { readAll, removeNow } from "../../examples/demo/engine/program.ts";
import { freePort } from "../support/free-port.ts";
import { ensurePython } from "./python.ts";

/** A local AWS: one account in one Region, used only by this process. */
export interface LocalAws extends AsyncDisposable {
  readonly endpoint: string;
  readonly region: string;
  readonly account: string;
  /** The environment variables with which an AWS SDK uses this AWS as the account's administrator. */
  readonly env: Readonly<Record<string, string>>;
  /** Everything that it has written so far, by path: its log, its functions' folders, and a dump of every store. */
  files(): Promise<ReadonlyMap<string, Buffer>>;
  stop(): Promise<void>;
}

const region = "eu-central-1";
const account = "111122223333";
const script = fileURLToPath(new URL("serve.py", import.meta.url));
const nodeFolder = fileURLToPath(new URL("../../node_modules/node/bin", import.meta.url));

/** Starts a local AWS that enforces permissions. @throws if it does not start; the message says why. */
export async function startLocalAws(progress: (line: string) => void): Promise<LocalAws> {
  const python = await ensurePython(progress);
  const root = await mkdtemp(join(tmpdir(), "local-aws-"));
  const stores = join(root, "stores");
  for (const name of ["tmp", "home", "stores"]) await mkdir(join(root, name));
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  // Generated for this run, so only callers that received them from this test can use the endpoint.
  const credentials = {
    AWS_ACCESS_KEY_ID: `AKIA${randomBytes(8).toString("hex").toUpperCase()}`,
    AWS_SECRET_ACCESS_KEY: randomBytes(20).toString("hex"),
  };

  const log = openSync(join(root, "ministack.log"), "w");
  // Only the PATH of this process's environment, since the functions inherit these variables.
  const server = spawn(python, [script], {
    cwd: root,
    // The leader of a process group, which it kills when its input ends, even if this process was killed.
    detached: true,
    stdio: ["pipe", log, log],
    env: {
      ...credentials,
      // Functions for nodejs24.x run with the first `node` on it.
      PATH: [nodeFolder, process.env["PATH"] ?? ""].join(delimiter),
      HOME: join(root, "home"),
      TMPDIR: join(root, "tmp"),
      STATE_DIR: stores,
      GATEWAY_PORT: String(port),
      BIND_HOST: "127.0.0.1",
      MINISTACK_HOST: "127.0.0.1",
      MINISTACK_REGION: region,
      MINISTACK_ACCOUNT_ID: account,
      AUTH: "true",
      // Otherwise it would remove Docker containers of the developer's machine.
      DOCKER_HOST: "unix:///nonexistent",
    },
  });
  closeSync(log);
  const end = () => {
    if (server.pid !== undefined) killFamily(server.pid);
  };
  const withdraw = onInterruption(() => {
    end();
    removeNow(root);
  });
  const stop = async () => {
    end();
    if (server.exitCode === null && server.signalCode === null) await once(server, "exit");
    await rm(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    withdraw();
  };
  try {
    await untilHealthy(server, `${endpoint}/_ministack/health`, join(root, "ministack.log"));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    endpoint,
    region,
    account,
    env: { ...credentials, AWS_ENDPOINT_URL: endpoint, AWS_REGION: region, AWS_ACCOUNT_ID: account },
    async files() {
      const complete = join(stores, "complete");
      await rm(complete, { force: true });
      server.kill("SIGUSR1");
      await poll(30_000, "ministack did not write its stores", () => exists(complete));
      return readAll(root);
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function untilHealthy(server: ChildProcess, url: string, log: string): Promise<void> {
  let failed: Error | undefined;
  server.once("error", (error) => {
    failed = error;
  });
  const said = async () => lastLines(await readFile(log, "utf8"), 10, 2_000);
  await poll(60_000, "The local AWS (ministack) did not start", async () => {
    if (failed !== undefined) throw failed;
    if (server.exitCode !== null) throw new Error(`The local AWS (ministack) ended:\n${await said()}`);
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
    await response?.body?.cancel();
    return response?.ok === true;
  });
}

async function poll(milliseconds: number, failure: string, done: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + milliseconds;
  while (!(await done())) {
    if (Date.now() > deadline) throw new Error(`${failure} within ${milliseconds / 1000} s.`);
    await delay(100);
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
