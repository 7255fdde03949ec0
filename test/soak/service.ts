// The service of a soak, in a process of its own: what it holds must not count. It is told which key meets what, and says
// its URL. It forgets the requests that it has recorded, or its memory would grow with them.
import type { ScenarioName } from "../../provider/sandbox/scenarios.ts";
import { startSandbox } from "../../provider/sandbox/server.ts";

const sandbox = await startSandbox();
process.on("message", ({ key, scenario }: { readonly key: string; readonly scenario: ScenarioName }) => {
  sandbox.use(key, scenario);
});
// The soak has ended, in whatever way.
process.on("disconnect", () => process.exit());
setInterval(() => sandbox.clearRequests(), 1_000);
process.send?.(sandbox.url);
