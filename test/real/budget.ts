/* What a run costs at most. */

/**
 * Test calls of a run: of `check`, of `pulumi up`, of the function, of the comparison, and one with an unknown model, which
 * DeepSeek refuses free of charge.
 */
export const TEST_CALLS = 5;

/** Most calls of a run that are free of charge. A local server needs a few more than DeepSeek: the list without the key. */
export const FREE_CALLS = 26;

/** Most attempts of a call. Those before the last one failed, and probably cost nothing. */
const MOST_ATTEMPTS = 3;

/** Ten times what a test call has. It allows one token of output. */
const MOST_INPUT_TOKENS = 90;

/**
 * Dollars per million tokens, of DeepSeek's dearest model at the hours of the highest prices. Source: DeepSeek's API
 * documentation, 'Models & Pricing', October 2026.
 */
const DEAREST = { input: 1.32, output: 3.96 };

/** In US dollars. A usual run costs a hundredth of it. */
export const MOST_DOLLARS =
  (TEST_CALLS * MOST_ATTEMPTS * (MOST_INPUT_TOKENS * DEAREST.input + DEAREST.output)) / 1_000_000;
