import { expect, test } from "vitest";
import { ProbeMemory } from "../../../../provider/deepseek/probe-memory.ts";

test("a process with very many endpoints forgets them all at some point, rather than grow without limit", () => {
  const memory = new ProbeMemory();
  const endpoint = (number: number) => ({ baseUrl: `https://gateway-${number}.example` });
  for (let number = 0; number < 1_000; number++) memory.omitThinking(endpoint(number), "m");
  expect(memory.omitsThinking(endpoint(0), "m")).toBe(true);
  memory.omitThinking(endpoint(1_000), "m");
  expect(memory.omitsThinking(endpoint(0), "m")).toBe(false);
  expect(memory.omitsThinking(endpoint(1_000), "m")).toBe(true);
});
