import { expect, it } from "vitest";
import { z } from "zod";
import { describeIssues, misplacedSecrets } from "../../../../provider/core/problems.ts";
import { KnownSecrets } from "../../../../provider/deepseek/redact.ts";
import { exampleKey as key } from "../../../support/keys.ts";

it("an issue without a code gets the code argument-invalid", () => {
  const given = { connections: { prod: { age: 3 } } };
  const age = z.number().refine(() => false, { error: "is odd" });
  const { error } = z.object({ connections: z.record(z.string(), z.object({ age })) }).safeParse(given);
  expect(describeIssues(error?.issues ?? [], given, new KnownSecrets([]), () => "")).toEqual([
    { code: "argument-invalid", text: "connections.prod.age: is odd (got 3)" },
  ]);
});

it("a misplaced key is searched for in plain objects, but not in outputs or promises", () => {
  const plain = Object.assign(Object.create(null), { text: key });
  const later = new (class {
    readonly text = key;
  })();
  expect(
    misplacedSecrets({ plain, later, promise: Promise.resolve(key) }, new KnownSecrets([])).map(({ text }) => text),
  ).toEqual(["plain.text: contains an API key, which belongs only in apiKey"]);
});
