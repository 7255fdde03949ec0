import { describe, expect, test } from "vitest";
import { exitCodes } from "../../cli/usage.ts";
import { pulumiDeepseek } from "../cli/support/run.ts";
import { replayKeys } from "../support/keys.ts";
import { startReplayAt } from "./replay-server.ts";
import { problemsOf, replyCases } from "./reply-case.ts";

const verdictOf = new Map<number | null, string>(Object.entries(exitCodes).map(([kind, code]) => [code, kind]));

describe.concurrent("check, with a reply that a service gave, reports the right verdict:", () => {
  test.for(replyCases)("$family: $name", async (one) => {
    await using server = await startReplayAt(one);
    const [key] = replayKeys;
    const options = ["--base-url", server.baseUrl, "--key-file", "-", ...one.args];
    const { code, all } = await pulumiDeepseek(["check", ...options], { input: key, env: server.env });
    const problems = problemsOf(one, { verdict: verdictOf.get(code) ?? `exit code ${code}`, text: all });
    expect(problems, all).toEqual([]);
    expect(all).not.toContain(key.slice(-8));
  });
});
