import { describe, expect, it } from "vitest";
import { type Figure, isOver, markdownOf, shown, textOf } from "./figure.ts";
import { median, ratios } from "./statistics.ts";

const figure: Figure = {
  topic: "preview",
  of: "100 connections",
  unit: "s",
  ours: 4.5678,
  beside: [{ name: "no check", value: 3 }],
  limit: { kind: "ratio", to: "no check", ratio: 1.0472, most: 1.25 },
};

describe("a figure", () => {
  it.each([
    ["at its limit is fine", { ...figure, limit: { kind: "value", most: 4.5678 } }, false],
    ["above its limit is over", { ...figure, limit: { kind: "value", most: 4.56 } }, true],
    ["with a ratio at its limit is fine", { ...figure, limit: { ...figure.limit, most: 1.0472 } }, false],
    [
      "with a ratio above its limit is over, whatever its value",
      { ...figure, ours: 0, limit: { ...figure.limit, most: 1 } },
      true,
    ],
    ["without a limit is fine", { ...figure, limit: { kind: "none" } }, false],
    [
      "without a limit that could not be measured is over",
      { ...figure, ours: Number.NaN, limit: { kind: "none" } },
      true,
    ],
    ["that could not be measured is over", { ...figure, ours: Number.NaN, limit: { kind: "value", most: 1 } }, true],
  ] as const)("%s", (_, given, expected) => {
    expect(isOver(given as Figure)).toBe(expected);
  });

  it.each([
    [0.0036812, "0.00368 s"],
    [4.5678, "4.57 s"],
    [525_600, "525,600 s"],
    [0, "0 s"],
  ])("of %s is shown as '%s'", (value, expected) => {
    expect(shown(value, "s")).toBe(expected);
  });
});

it("the table of figures has one row for each figure, with the compared value and the limit", () => {
  expect(markdownOf([figure]).split("\n").slice(2)).toEqual([
    "| ok | preview | 100 connections | 4.57 s | no check 3 s | 1.05 × no check, at most 1.25 |",
  ]);
  expect(textOf([{ ...figure, limit: { kind: "value", most: 2 } }])).toMatch(/^OVER +preview .* at most 2 s$/m);
  expect(textOf([{ ...figure, limit: { kind: "none" } }])).toMatch(/^ok +preview .* none$/m);
});

describe("the median", () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 2, 100], 3],
    [[], Number.NaN],
  ])("of %j is %d", (values, expected) => {
    expect(median(values)).toBe(expected);
  });
});

it("ratios are calculated for each pair of values, and a value without a counterpart is left out", () => {
  expect(ratios([2, 6, 9], [1, 2])).toEqual([2, 3]);
});
