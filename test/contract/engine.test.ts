import { describe, inject } from "vitest";
import { lifecycleContract } from "./contract.ts";
import { RealEngine } from "./real-engine.ts";
import { serveSandbox } from "./service.ts";

describe("the real engine", () => {
  lifecycleContract({ serve: serveSandbox, start: () => RealEngine.start(inject("engine")), isConcurrent: true });
});
