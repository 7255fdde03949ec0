import { rehearse, renderSvg } from "../../dist/monitor/rehearsal/index.js";
import type { Engine } from "../../examples/demo/engine/engine.ts";
import { drawDashboard } from "./dashboard.ts";
import { failingPreview } from "./preview.ts";
import { drawTerminal } from "./terminal.ts";

/** The folder of the pictures. */
export const folder = new URL("../../examples/pictures/", import.meta.url);

/** Creates all pictures by file name, from real output of the package. The result is deterministic. */
export async function makePictures(engine: Engine): Promise<ReadonlyMap<string, string>> {
  const incident = await rehearse("key-revoked-before-outage", {
    connections: 3,
    // Makes the function write the balances, which the dashboard draws.
    alarms: { balanceFallsFast: { enabled: true, threshold: { CNY: 50 } } },
  });
  return new Map([
    ["preview.svg", drawTerminal("pulumi preview", await failingPreview(engine))],
    ["dashboard.svg", drawDashboard(incident, 29)],
    ["rehearsal.svg", renderSvg(await rehearse("key-revoked"))],
  ]);
}
