import { expect, it } from "vitest";
import { rowsOf } from "../../support/markdown.ts";
import { read } from "../../support/repository.ts";

it("the README of examples/policy lists every policy with its level, in the order of the program", () => {
  const program = read("examples/policy/index.ts")
    .split(/^const \w+: \w+ValidationPolicy = \{/m)
    .slice(1);
  const policies = program.map((text) => {
    const [, name] = /name: "([\w-]+)"/.exec(text) ?? [];
    return { name, level: text.includes('enforcementLevel: "advisory"') ? "advisory" : "mandatory" };
  });
  const rows = rowsOf(read("examples/policy/README.md"), "The policies").map((row) => {
    const [, name, , level] = row.split("|").map((cell) => cell.trim().replaceAll("`", ""));
    return { name, level };
  });
  expect(policies).toHaveLength(6);
  expect(rows).toEqual(policies);
});
