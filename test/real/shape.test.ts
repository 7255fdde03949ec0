import { describe, expect, test } from "vitest";
import { compareShapes, shapeOf } from "./shape.ts";

const model = { id: "a", owned_by: "deepseek", effort: { levels: ["low"], default: "high" } };
const list = { object: "list", data: [model, { ...model, id: "b" }] };

/** The differences as lines; those that are harmless in parentheses. */
function differences(expected: unknown, found: unknown): readonly string[] {
  return compareShapes(shapeOf(expected), shapeOf(found)).map((difference) => {
    const line = `${difference.path}: ${difference.expected} → ${difference.found}`;
    return difference.isHarmless ? `(${line})` : line;
  });
}

describe("the shapes of two JSON texts", () => {
  test.each<[string, unknown, unknown]>([
    ["other values", list, { object: "other", data: [{ ...model, id: "" }] }],
    ["another order of fields", { a: 1, b: "" }, { b: "x", a: 2 }],
    ["an array without entries", list, { object: "list", data: [] }],
    ["the same text", "x", "y"],
  ])("do not differ by %s", (_, expected, found) => {
    expect(differences(expected, found)).toEqual([]);
  });

  test.each<[string, unknown, unknown, readonly string[]]>([
    ["a missing field", { a: 1, b: true }, { a: 1 }, ["b: boolean → no such field"]],
    ["an added field", { a: 1 }, { a: 1, b: true }, ["(b: no such field → boolean)"]],
    ["a renamed field", { a: 1, b: true }, { a: 1, c: false }, ["b: boolean → renamed to c"]],
    [
      "a renamed field with fields in it",
      list,
      { object: "list", models: list.data },
      ["data: array → renamed to models"],
    ],
    [
      "a field moved into an added one",
      list,
      { object: "list", data: [{ id: "", effort: model.effort, meta: { owned_by: "" } }] },
      ["data[].owned_by: string → moved to data[].meta.owned_by", "(data[].meta: no such field → object)"],
    ],
    [
      "an array moved down with its entries",
      list,
      { result: [{ data: list.data }], object: "" },
      ["data: array → moved to result[].data", "(result: no such field → array)"],
    ],
    ["a field moved up", { a: { b: 1, c: "" } }, { a: { c: "" }, b: 1 }, ["a.b: number → moved to b"]],
    [
      "a field with another name and type",
      { a: 1 },
      { b: "" },
      ["a: number → no such field", "(b: no such field → string)"],
    ],
    ["another type", { a: { b: 1 } }, { a: { b: "1" } }, ["a.b: number → string"]],
    ["an object that is now a text, once", { a: { b: 1, c: 2 } }, { a: "" }, ["a: object → string"]],
    ["null in place of a value", { a: "" }, { a: null }, ["(a: string → null)"]],
    ["a value in place of null", { a: null }, { a: "" }, ["(a: null → string)"]],
    [
      "a field that only some entries have",
      list,
      { object: "list", data: [model, { id: "", owned_by: "" }] },
      ["data[].effort: in each entry → not in each"],
    ],
    ["entries of another type", { a: ["low"] }, { a: [{ name: "low" }] }, ["a[]: string → object"]],
    ["a whole of another type", list, [list], [": object → array"]],
    [
      "a field with a special name",
      { a: 1 },
      JSON.parse('{"a":1,"__proto__":{}}'),
      ["(__proto__: no such field → object)"],
    ],
  ])("differ by %s", (_, expected, found, lines) => {
    expect(differences(expected, found)).toEqual(lines);
  });
});
