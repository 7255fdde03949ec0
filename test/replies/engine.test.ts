import { describe, inject, test } from "vitest";
import { playOnEngine } from "./engine-run.ts";
import { replyCases } from "./reply-case.ts";

/** One of each family: a case takes the engine ten seconds, and the command line and the function meet them all. */
const oneOfEachFamily = [...Map.groupBy(replyCases, ({ family }) => family).values()].flatMap((cases) => {
  return cases.find(({ standsForKind, host }) => !standsForKind && host === undefined) ?? [];
});

describe.concurrent("the engine, with a reply that a service gave, previews, updates and refreshes by its verdict:", () => {
  test.for(oneOfEachFamily)("$family: $name", (one) => playOnEngine(one, inject("engine")));
});
