import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { runNode } from "../cli/support/run.ts";
import { freshKey } from "../support/keys.ts";
import { findLeaks } from "../support/leaks.ts";
import { read } from "../support/repository.ts";
import { FREE_CALLS, MOST_DOLLARS, TEST_CALLS } from "./budget.ts";

const main = fileURLToPath(new URL("main.ts", import.meta.url));

test("without a key, it says which variable is missing", async () => {
  for (const env of [{}, { DEEPSEEK_API_KEY: " " }]) {
    const { code, all: output } = await runNode([main], { env });
    expect({ code, output }).toMatchObject({
      code: 2,
      output: expect.stringContaining("Set the environment variable"),
    });
  }
});

const elsewhere = [
  "https://api.deepseek.com",
  "https://127.0.0.1:1",
  "http://gateway.example:80",
  "http://127.0.0.1.example:80",
  "http://127.0.0.1:80@gateway.example",
  "http://127.0.0.1:80/path",
];

interface Misuse {
  readonly what: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly hasArgument?: true;
  readonly says: string;
}

const misuses: readonly Misuse[] = [
  { what: "a key as an argument", hasArgument: true, says: "takes no arguments" },
  {
    what: "something that is not only a key",
    env: { DEEPSEEK_API_KEY: "Bearer sk-0" },
    says: "starts with 'Bearer '",
  },
  ...elsewhere.map((url) => ({
    what: `the base URL ${url}`,
    env: { VERIFY_REAL_BASE_URL: url },
    says: "takes an address of this machine",
  })),
];

test.concurrent.each(misuses)("refuses $what, and does not repeat the key", async ({ env, hasArgument, says }) => {
  const key = freshKey();
  const parameters = hasArgument === true ? [main, key] : [main];
  const { code, all: output } = await runNode(parameters, { env: { DEEPSEEK_API_KEY: key, ...env } });
  expect({ code, output }).toMatchObject({ code: 2, output: expect.stringContaining(says) });
  expect(findLeaks(key, [["output", output]])).toEqual([]);
  expect(output).not.toContain("Verifying");
});

test("it costs less than a cent, and CONTRIBUTING.md says how much", () => {
  expect(MOST_DOLLARS).toBeLessThan(0.01);
  const page = read(".github/CONTRIBUTING.md").replace(/\s+/g, " ");
  expect(page).toContain(`Its ${TEST_CALLS} test calls of one token cost at most $${MOST_DOLLARS.toFixed(4)} together`);
  expect(page).toContain(`its other calls, at most ${FREE_CALLS}, are free of charge`);
});
