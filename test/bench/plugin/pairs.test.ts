import { expect, it } from "vitest";
import { measurePairs, pairFigure } from "./pairs.ts";

const about = { topic: "start", of: "a plugin", unit: "ms", other: "empty service" } as const;

it("pairs are measured in turns, and the first of a pair changes", async () => {
  const order: string[] = [];
  const measure = (name: string, value: number) => async () => {
    order.push(name);
    return value * order.length;
  };
  const done: number[][] = [];
  const pairs = await measurePairs(2, measure("ours", 10), measure("other", 1), (...pair) => done.push(pair));
  expect(order).toEqual(["other", "ours", "ours", "other"]);
  expect(pairs).toEqual({ ours: [20, 30], others: [1, 4] });
  expect(done).toEqual([
    [20, 1],
    [30, 4],
  ]);
});

it("the figure of pairs has their medians, and the median of their ratios", () => {
  const pairs = { ours: [2, 30, 4], others: [1, 10, 4] };
  const figure = { topic: "start", of: "a plugin", unit: "ms", ours: 4, beside: [{ name: "empty service", value: 4 }] };
  expect(pairFigure({ ...about, pairs, most: 2 })).toEqual({
    ...figure,
    limit: { kind: "ratio", to: "empty service", ratio: 2, most: 2 },
  });
  expect(pairFigure({ ...about, pairs })).toEqual({ ...figure, limit: { kind: "none" } });
});
