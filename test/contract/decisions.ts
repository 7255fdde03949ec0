import { expect } from "vitest";
import type { Status } from "../../provider/core/values.ts";
import { keyFingerprint } from "../../provider/deepseek/redact.ts";
import type { ScenarioName } from "../../provider/sandbox/scenarios.ts";
import { allCalls, freeCalls, type ProgramWithKey } from "./connection-under-test.ts";
import type { Groups } from "./groups.ts";

type Does = "passes" | "warns" | "fails";

/** A row of the decision table: what a key's scenario leads to at each step. */
interface Case {
  readonly title: string;
  readonly scenario: ScenarioName;
  /** The code of the verdict. */
  readonly code?: string;
  /** The verdict's cause. */
  readonly cause?: RegExp;
  readonly preview: Does;
  readonly up: Does;
  /** Whether only the test call finds it, which create and update make. */
  readonly isFoundByTestCall?: true;
  /** What a refresh stores; absent if it does not change the state. */
  readonly refreshed?: Status;
  /** What a refresh finds, if not the same as a preview: it knows the model, so that it can make the test call. */
  readonly foundByRefresh?: { readonly code: string; readonly cause: RegExp };
}

const cases: readonly Case[] = [
  { title: "a good key", scenario: "good", preview: "passes", up: "passes" },
  {
    title: "a key whose account has insufficient balance",
    scenario: "unfunded",
    code: "balance-insufficient",
    cause: /insufficient balance/,
    preview: "warns",
    up: "warns",
    refreshed: "unfunded",
  },
  {
    title: "a key whose account has insufficient balance, which only the test call finds",
    scenario: "unfunded-chat",
    code: "balance-insufficient",
    cause: /insufficient balance/,
    preview: "passes",
    up: "warns",
    isFoundByTestCall: true,
  },
  {
    title: "a rejected key",
    scenario: "wrong-key",
    code: "key-rejected",
    cause: /\b(127\.0\.0\.1:\d+|api\.deepseek\.com) rejects this API key/,
    preview: "fails",
    up: "fails",
    refreshed: "invalid",
  },
  {
    title: "a wrong address",
    scenario: "not-found",
    code: "base-url-refused",
    cause: /GET \/models with HTTP 404.*Check baseUrl/,
    preview: "fails",
    up: "fails",
    refreshed: "misconfigured",
    foundByRefresh: {
      code: "model-refused",
      cause: /POST \/chat\/completions with HTTP 404.*Check baseUrl .*this address has no \/models either/,
    },
  },
  {
    title: "a model that the service refuses",
    scenario: "retired-model",
    code: "model-refused",
    cause: /'deepseek-flash'.* The service lists deepseek-flash, deepseek-v4-pro\./,
    preview: "passes",
    up: "fails",
    isFoundByTestCall: true,
  },
  {
    title: "a failing service",
    scenario: "overloaded",
    code: "service-failing",
    cause: /HTTP 503: .*Nothing is known about the key/,
    preview: "warns",
    up: "fails",
  },
  {
    title: "a service whose test call fails",
    scenario: "no-capacity",
    code: "capacity-exhausted",
    cause: /insufficient capacity/,
    preview: "passes",
    up: "fails",
    isFoundByTestCall: true,
  },
];

/** The messages that a command prints for a verdict. */
function says(does: Does, code = ""): readonly string[] {
  if (does === "passes") return [];
  return [`${does === "warns" ? "warning" : "error"} ${code}`];
}

/** The wording for titles. */
const words: Readonly<Record<Does, string>> = { passes: "passes", warns: "warns, and passes", fails: "fails" };

/** Declares the rows of the decision table. */
export function decisionRows({ group, row, probesBeforeUpdate }: Groups): void {
  for (const { title, scenario, code, cause = /^/, preview, up, isFoundByTestCall = false, ...refresh } of cases) {
    const { refreshed, foundByRefresh } = refresh;
    const upCalls = isFoundByTestCall || code === undefined ? allCalls : freeCalls;
    const first = probesBeforeUpdate ? says(preview, code) : [];
    const upSays = [...new Set([...first, ...says(up, code)])].toSorted();
    const status: Status = code === undefined ? "valid" : "unfunded";

    group(title, (connection) => {
      let good: ProgramWithKey | undefined;

      row(`${words[preview]} at preview, with only the free calls`, async () => {
        const program = connection().program(scenario);
        const seen = await connection().preview(program);
        expect(seen).toMatchObject({ passed: preview !== "fails", says: says(preview, code), calls: freeCalls });
        if (preview !== "passes") expect(seen.text).toMatch(cause);
        if (preview === "fails") expect(seen.text).toContain("pulumi config set deepseek:verify none");
        // The message says which key is meant.
        const culprit = `apiKey (fingerprint ${keyFingerprint(program.inputs.apiKey)}): `;
        if (code === "key-rejected") expect(seen.text).toContain(culprit);
        // The engine prints the value of a property that a failure names.
        expect(seen.text).not.toContain("property apiKey");
        if (preview === "warns") expect(seen.text).toContain("DeepSeekConnection 'main': ");
      });

      row(
        up === "fails" ? "fails at create, and nothing is stored" : `${words[up]} at create, as '${status}'`,
        async () => {
          const seen = await connection().up(connection().program(scenario));
          expect(seen).toMatchObject({ passed: up !== "fails", says: upSays, calls: upCalls });
          if (up !== "passes") expect(seen.text).toMatch(cause);
          const state = await connection().state();
          if (up === "fails") expect(state).toBeUndefined();
          else {
            expect(state).toMatchObject({ status, verifiedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) });
            expect(state?.["statusReason"]).toEqual(status === "valid" ? undefined : expect.stringMatching(cause));
          }
        },
      );

      row(
        up === "fails"
          ? "fails at update, and the stored state does not change"
          : `${words[up]} as an update, as '${status}'`,
        async () => {
          good = connection().program("good");
          const before = await connection().deploy(good);
          expect(before).toMatchObject({ status: "valid" });
          expect(before).not.toHaveProperty("statusReason");
          const after = connection().program(scenario);
          const seen = await connection().up(after);
          const rotated = up === "fails" ? [] : ["info rotated"];
          expect(seen).toMatchObject({
            passed: up !== "fails",
            says: [...upSays, ...rotated].toSorted(),
            calls: upCalls,
          });
          const state = await connection().stored();
          if (up === "fails") expect(state).toEqual(before);
          else expect(state).toMatchObject({ status, apiKey: after.inputs.apiKey });
        },
      );

      row(
        refreshed === undefined
          ? "does not change the state at refresh"
          : `becomes the status '${refreshed}' at refresh, which is a difference`,
        async () => {
          good ??= connection().program("good");
          const before = await connection().deploy(good);
          connection().sandbox.use(good.inputs.apiKey, scenario);
          const seen = await connection().refresh();
          // A refresh never fails.
          const warns = preview === "passes" ? says("passes") : says("warns", foundByRefresh?.code ?? code);
          const calls = foundByRefresh === undefined ? freeCalls : allCalls;
          expect(seen).toMatchObject({ passed: true, says: warns, calls });
          const after = await connection().stored();
          if (refreshed === undefined) {
            expect(seen.hasChanges).toBe(false);
            expect(after).toEqual(before);
          } else {
            expect(seen.hasChanges).toBe(true);
            const reason = expect.stringMatching(foundByRefresh?.cause ?? cause);
            expect(after).toEqual({ ...before, status: refreshed, statusReason: reason });
          }
        },
      );

      if (code === undefined) return;
      row("fails under verify: strict", async () => {
        const strict = connection().program(scenario, { verify: "strict" });
        const found = isFoundByTestCall ? "passes" : "fails";
        const previewed = await connection().preview(strict);
        expect(previewed).toMatchObject({ passed: found === "passes", says: says(found, code), calls: freeCalls });
        const before = await connection().state();
        const deployed = await connection().up(strict);
        expect(deployed).toMatchObject({ passed: false, says: says("fails", code), calls: upCalls });
        expect(await connection().state()).toEqual(before);
      });
    });
  }
}
