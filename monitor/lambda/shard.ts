import pLimit from "p-limit";
import { type Means, probeConnection } from "./connection.ts";
import type { Deadline } from "./deadline.ts";
import type { MonitoredConnection } from "./event.ts";
import type { Probed, Result } from "./result.ts";

/**
 * Connections that are probed at once. A probe has two calls under way at most, so there are 100 requests in flight, far
 * below a Lambda's 1,024 file descriptors.
 */
const AT_ONCE = 50;

/** Probes all connections of a shard before the deadline, and says of those that it did not get to that it did not. */
export function probeShard(
  connections: readonly MonitoredConnection[],
  means: Means,
  deadline: Deadline,
): Promise<Result[]> {
  const atOnce = pLimit(AT_ONCE);
  return Promise.all(
    connections.map((connection) => {
      const work = atOnce(async () => (deadline.passed ? unfinished(connection) : probeConnection(connection, means)));
      return deadline.within<Result>(work, () => unfinished(connection));
    }),
  );
}

function unfinished(connection: MonitoredConnection): Probed {
  const { host } = new URL(connection.baseUrl);
  return {
    type: "probed",
    connection,
    verdict: {
      kind: "indeterminate",
      cause: `The probe of ${host} was not finished when the run's time was over.`,
      nextStep: "Nothing is known about the key: the service or AWS Secrets Manager answers slowly.",
    },
    balances: [],
    attempts: 0,
  };
}
