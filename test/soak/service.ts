// The service of a soak, in a separate process, so that its memory does not count. Receives the scenarios of keys, and
// sends its URL. It clears recorded requests, since they would fill its memory.
import type { ScenarioName } from "../../provider/sandbox/scenarios.ts";
import { startSandbox } from "../../provider/sandbox/server.ts";

const sandbox = await startSandbox();
process.on("message", ({ key, scenario }: { readonly key: string; readonly scenario: ScenarioName }) => {
  sandbox.use(key, scenario);
});
// The soak has ended.
process.on("disconnect", () => process.exit());
setInterval(() => sandbox.clearRequests(), 1_000);
process.send?.(sandbox.url);
