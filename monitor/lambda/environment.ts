import * as z from "zod/mini";
import { Detail, type MetricName, metricNames } from "../metrics.ts";

const list = z.pipe(
  z.string(),
  z.transform((text) => text.split(",").filter((name) => name !== "")),
);

/** The function's environment variables, none of them secret in the sense of a key. Lambda takes 4 kB in all. */
export const monitorEnvironment = z.object({
  /** The monitor's name in the account: the dimension `Monitor`. */
  MONITOR_NAME: z.string().check(z.minLength(1)),
  /** `chat`: each probe ends with the test call. `models`: it asks the free calls alone. */
  MONITOR_TEST_CALL: z.enum(["chat", "models"]),
  MONITOR_DETAIL: z.enum(Detail),
  /** The optional gauges that an alarm or the dashboard reads, separated by commas. */
  MONITOR_GAUGES: z.pipe(list, z.array(z.enum(metricNames as readonly [MetricName, ...MetricName[]]))),
  /** Is asked (GET) after each complete run of a shard. */
  MONITOR_HEARTBEAT_URL: z.optional(z.url()),
});

export type MonitorEnvironment = z.input<typeof monitorEnvironment>;
