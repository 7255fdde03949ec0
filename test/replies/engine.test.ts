import { describe, inject, test } from "vitest";
import { playOnEngine } from "./engine-run.ts";
import { replyCases } from "./reply-case.ts";

describe.concurrent("the engine, with a reply that a service gave, previews, updates and refreshes by its verdict:", () => {
  test.for(replyCases.filter(({ standsForKind, host }) => !standsForKind && host === undefined))(
    "$family: $name",
    (one) => playOnEngine(one, inject("engine")),
  );
});
