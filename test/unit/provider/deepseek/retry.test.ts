import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  delayBeforeRetry,
  parseRetryAfter,
  type RetryState,
  totalBudgetMs,
} from "../../../../provider/deepseek/retry.ts";

const state: RetryState = {
  retry: "backoff",
  attempt: 1,
  rejections: 0,
  maxAttempts: 10,
  retryAfterMs: 0,
  remainingMs: 600_000,
  random: 0.5,
};
const delayOf = (change: Partial<RetryState>) => delayBeforeRetry({ ...state, ...change });

describe("the wait before a retry", () => {
  test.each([
    [1, 499],
    [2, 999],
    [3, 1_999],
    [4, 3_999],
    [5, 7_999],
    [6, 9_999],
    [9, 9_999],
  ])("after attempt %i is at most %i ms, doubling up to ten seconds", (attempt, longest) => {
    expect(delayOf({ attempt, random: 0.999999 })).toBe(longest);
  });

  test("has full jitter: from 0 to its bound", () => {
    expect(delayOf({ random: 0 })).toBe(0);
    expect(delayOf({ random: 0.25 })).toBe(125);
  });

  test("is as long as the service asks for, even beyond ten seconds, unless the backoff is longer", () => {
    expect(delayOf({ retryAfterMs: 30_000 })).toBe(30_000);
    expect(delayOf({ retryAfterMs: 100 })).toBe(250);
  });

  test("is skipped if it would use up the budget", () => {
    expect(delayOf({ retryAfterMs: 1_000, remainingMs: 1_001 })).toBe(1_000);
    expect(delayOf({ retryAfterMs: 1_000, remainingMs: 1_000 })).toBeUndefined();
    expect(delayOf({ random: 0, remainingMs: 0 })).toBeUndefined();
    expect(delayOf({ random: 0, remainingMs: -1 })).toBeUndefined();
  });
});

describe("there is no further attempt", () => {
  test("after maxAttempts", () => {
    expect(delayOf({ attempt: 1, maxAttempts: 1 })).toBeUndefined();
    expect(delayOf({ attempt: 3, maxAttempts: 3 })).toBeUndefined();
    expect(delayOf({ attempt: 2, maxAttempts: 3 })).toBeDefined();
  });

  test("after an outcome that will not change", () => {
    expect(delayOf({ retry: "never" })).toBeUndefined();
  });
});

describe("a rejected key", () => {
  test("is tried once more after a second, even if maxAttempts is 1", () => {
    expect(delayOf({ retry: "confirm", rejections: 1, maxAttempts: 1 })).toBe(1_000);
  });

  test("is not tried again after its second rejection", () => {
    expect(delayOf({ retry: "confirm", rejections: 2 })).toBeUndefined();
  });

  test("is not tried again when there is no time left for it", () => {
    expect(delayOf({ retry: "confirm", rejections: 1, remainingMs: 1_000 })).toBeUndefined();
  });
});

test("the total budget has room for all attempts, and for a confirmation when there is only one", () => {
  expect(totalBudgetMs(20_000, 3)).toBe(60_000);
  expect(totalBudgetMs(20_000, 2)).toBe(40_000);
  expect(totalBudgetMs(20_000, 1)).toBe(40_000);
});

test("no state leads to a wait that is negative, not a number, or beyond the budget", () => {
  const states = fc.record<RetryState>({
    retry: fc.constantFrom("never", "confirm", "backoff"),
    attempt: fc.integer({ min: 1, max: 10 }),
    rejections: fc.integer({ min: 0, max: 10 }),
    maxAttempts: fc.integer({ min: 1, max: 10 }),
    retryAfterMs: fc.oneof(fc.double({ min: 0, noNaN: true }), fc.constant(0)),
    remainingMs: fc.double({ min: -1_000, max: 6_000_000, noNaN: true }),
    random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  });
  fc.assert(
    fc.property(states, (given) => {
      const delay = delayBeforeRetry(given);
      if (delay === undefined) return;
      expect(delay).toBeGreaterThanOrEqual(given.retry === "backoff" ? given.retryAfterMs : 0);
      expect(delay).toBeLessThan(given.remainingMs);
    }),
    { numRuns: 1_000 },
  );
});

describe("Retry-After", () => {
  const now = Date.parse("2026-11-24T12:00:00Z");
  test.each([
    ["0", 0],
    ["1", 1_000],
    [" 120 ", 120_000],
    ["Tue, 24 Nov 2026 12:00:30 GMT", 30_000],
    ["Tue, 24 Nov 2026 11:00:00 GMT", 0],
  ])("'%s' is read as %i ms", (header, expected) => {
    expect(parseRetryAfter(header, now)).toBe(expected);
  });

  test.each([undefined, "", "soon", "-1", "1.5", "1, 2", "2026-11-25", "1e3", "x1", "1x"])(
    "'%s' is ignored",
    (header) => {
      expect(parseRetryAfter(header, now)).toBeUndefined();
    },
  );

  test("does not throw on arbitrary text from a server", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (header) => {
        const milliseconds = parseRetryAfter(header, now);
        if (milliseconds !== undefined) expect(milliseconds).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 1_000 },
    );
  });
});
