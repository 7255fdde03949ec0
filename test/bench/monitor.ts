import type { Bench } from "./figure.ts";
import { fleet } from "./monitor/fleet.ts";
import { telling } from "./monitor/telling.ts";
import { weight } from "./monitor/weight.ts";

/**
 * What the monitor's function weighs; what a run over 1 to 10,000 connections takes, beside Prometheus' blackbox exporter;
 * and the minutes from a cause to its message.
 */
export const monitor: Bench = async (progress) => ({
  figures: [...(await weight()), ...(await fleet(progress)), ...(await telling())],
});
