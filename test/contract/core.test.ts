import { describe } from "vitest";
import { undiciHttp } from "../../provider/deepseek/http-undici.ts";
import { lifecycleContract } from "./contract.ts";
import { coreStack } from "./core-stack.ts";
import { serveSandbox } from "./service.ts";

describe("the core alone", () => {
  lifecycleContract({ serve: serveSandbox, start: async () => coreStack(undiciHttp), isConcurrent: true });
});
