import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onInterruption } from "../../examples/demo/engine/interruption.ts";

/** A gateway that runs on this machine, with a service of this machine behind it. */
export interface Gateway extends AsyncDisposable {
  readonly url: string;
  /** The hosts that it tried to reach and was kept from: all that are not this machine. */
  readonly refused: () => readonly string[];
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
