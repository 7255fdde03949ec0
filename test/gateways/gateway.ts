import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Environment } from "../../examples/demo/engine/command.ts";
import { onInterruption } from "../../examples/demo/engine/interruption.ts";
import { startServer } from "../support/server.ts";

/** A gateway that runs on this machine, with a service of this machine behind it. */
export interface Gateway extends AsyncDisposable {
  readonly url: string;
  /** The hosts that it tried to reach and was kept from: all that are not this machine. */
  readonly refused: () => readonly string[];
}

/** How a gateway's program is started. */
interface Program {
  readonly name: string;
  readonly command: readonly string[];
  /** The gateway's base URL. */
  readonly url: string;
  /** Answers 200 once the gateway is up. */
  readonly healthUrl: string;
  /** What the program prints if it cannot start. */
  readonly failure: string;
  readonly env: Environment;
}

/**
 * Starts a gateway, whose home ends with it.
 *
 * @throws if it does not start; the message says why
 */
export async function startGateway(home: ReturnType<typeof gatewayHome>, program: Program): Promise<Gateway> {
  const { name, command, url, healthUrl, failure, env } = program;
  try {
    const stop = await startServer(name, command, healthUrl, failure, { ...home.env, ...env });
    return {
      url,
      refused: home.refused,
      async [Symbol.asyncDispose]() {
        await stop();
        home.remove();
      },
    };
  } catch (error) {
    home.remove();
    throw error;
  }
}

/** A folder for a gateway's files, which is its home. It ends with this process at the latest. */
export function gatewayHome() {
  const folder = mkdtempSync(join(tmpdir(), "gateway-"));
  const refusedFile = join(folder, "refused");
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  const withdraw = onInterruption(remove);
  return {
    folder,
    env: { HOME: folder, TMPDIR: folder, REFUSED_FILE: refusedFile },
    refused(): readonly string[] {
      try {
        return readFileSync(refusedFile, "utf8").trim().split("\n");
      } catch {
        return [];
      }
    },
    remove() {
      remove();
      withdraw();
    },
  };
}
