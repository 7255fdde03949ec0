import { describe, expect, test } from "vitest";
import { replayKeys } from "../support/keys.ts";
import { runFunction } from "./function-run.ts";
import { startReplayAt } from "./replay-server.ts";
import { problemsOf, replyCases } from "./reply-case.ts";

describe.concurrent("the monitor's function, with a reply that a service gave, logs the right verdict:", () => {
  test.for(replyCases)("$family: $name", async (one) => {
    await using server = await startReplayAt(one);
    const [key] = replayKeys;
    const run = await runFunction({ http: server.http, baseUrl: server.baseUrl, key, args: one.args });
    expect(problemsOf(one, run), run.text).toEqual([]);
    expect(run.text).not.toContain(key.slice(-8));
  });
});
