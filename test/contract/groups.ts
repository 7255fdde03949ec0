import { afterAll, beforeAll, describe, it } from "vitest";
import type { SandboxOptions } from "../../provider/sandbox/server.ts";
import { type ConnectionUnderTest, startConnection } from "./connection-under-test.ts";
import type { Service } from "./service.ts";
import type { Driver } from "./stack.ts";

/** Declares the contract's rows for one shell. */
export interface Groups {
  readonly probesBeforeUpdate: boolean;
  /** Rows that share a connection: a stack costs the real engine seconds. */
  readonly group: (
    title: string,
    rows: (connection: () => ConnectionUnderTest) => void,
    sandboxOptions?: SandboxOptions,
  ) => void;
  /** Starts with what the earlier rows of its group have deployed. */
  readonly row: (title: string, run: () => Promise<void>) => void;
}

export function groupsFor<S extends Service>(driver: Driver<S>): Groups {
  let declared: (readonly [title: string, run: () => Promise<void>])[] = [];
  return {
    probesBeforeUpdate: driver.probesBeforeUpdate ?? true,
    group(title, rows, sandboxOptions = {}) {
      let connection: ConnectionUnderTest;
      declared = [];
      rows(() => connection);
      const kept = declared.filter(([row]) => driver.omits?.test(`${title} ${row}`) !== true);
      if (kept.length === 0) return;
      describe(title, { concurrent: driver.isConcurrent }, () => {
        beforeAll(async () => {
          connection = await startConnection(driver, sandboxOptions);
        });
        afterAll(() => connection[Symbol.asyncDispose]());
        // One after another, even if groups run in parallel.
        for (const [row, run] of kept) it(row, { concurrent: false }, run);
      });
    },
    row(title, run) {
      declared.push([title, run]);
    },
  };
}
