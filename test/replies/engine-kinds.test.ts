import { describe, inject, test } from "vitest";
import { playOnEngine } from "./engine-run.ts";
import { replyCases } from "./reply-case.ts";

describe.concurrent("the engine, with one reply of each kind, previews, updates and refreshes by its verdict:", () => {
  test.for(replyCases.filter(({ standsForKind }) => standsForKind))("$family: $name", (one) =>
    playOnEngine(one, inject("engine")),
  );
});
