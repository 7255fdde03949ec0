import { describe, inject } from "vitest";
import { lifecycleContract } from "../contract/contract.ts";
import { RealEngine } from "../contract/real-engine.ts";
import { serveSandbox } from "../contract/service.ts";
import { withPlugin } from "./program.ts";

describe("the real engine with the plugin", () => {
  const engine = inject("engine");
  lifecycleContract({
    serve: serveSandbox,
    start: () => RealEngine.start(engine, "plugin", withPlugin(engine)),
    isConcurrent: true,
    probesBeforeUpdate: false,
  });
});
