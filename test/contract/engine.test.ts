import { describe, inject } from "vitest";
import { lifecycleContract } from "./contract.ts";
import { RealEngine } from "./real-engine.ts";

describe("the real engine", () => {
  lifecycleContract({ start: () => RealEngine.start(inject("engine")), isConcurrent: true });
});
