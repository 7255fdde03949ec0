import type { Bench } from "./figure.ts";
import { alertDelays } from "./monitor/alert-delays.ts";
import { fleet } from "./monitor/fleet.ts";
import { weight } from "./monitor/weight.ts";

/**
 * Measures the size of the monitor's function, the resources that a run with 1 to 10,000 connections uses, compared with
 * Prometheus' blackbox exporter, and the minutes from a cause to its alert.
 */
export const monitor: Bench = async (progress) => ({
  figures: [...(await weight()), ...(await fleet(progress)), ...(await alertDelays())],
});
