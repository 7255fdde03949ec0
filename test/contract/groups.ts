import { afterAll, beforeAll, describe, it } from "vitest";
import type { SandboxOptions } from "../../provider/sandbox/server.ts";
import { type ConnectionUnderTest, startConnection } from "./connection-under-test.ts";
import type { Driver } from "./stack.ts";

/** Declares the contract's rows for one shell. */
export interface Groups {
  /** Rows that share a connection: a stack costs the real engine seconds. */
  readonly group: (
    title: string,
    rows: (connection: () => ConnectionUnderTest) => void,
    sandboxOptions?: SandboxOptions,
  ) => void;
  /** Starts with what the earlier rows of its group have deployed. */
  readonly row: (title: string, run: () => Promise<void>) => void;
}

export function groupsFor(driver: Driver): Groups {
  return {
    group(title, rows, sandboxOptions = {}) {
      describe(title, { concurrent: driver.isConcurrent }, () => {
        let connection: ConnectionUnderTest;
        beforeAll(async () => {
          connection = await startConnection(driver, sandboxOptions);
        });
        afterAll(() => connection[Symbol.asyncDispose]());
        rows(() => connection);
      });
    },
    row(title, run) {
      // One after another, even if groups run in parallel.
      it(title, { concurrent: false }, run);
    },
  };
}
