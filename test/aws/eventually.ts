import { setTimeout as delay } from "node:timers/promises";

const POLL_MS = 500;
const SIGN_OF_LIFE_MS = 20_000;

/**
 * Waits until a function returns a value, and prints a line of progress now and then.
 *
 * @param what what is waited for, for the progress lines and the error
 * @param seconds the time limit; generous, since the machine may be busy
 * @returns the first value that is not `undefined`
 */
export async function eventually<T>(what: string, seconds: number, ask: () => Promise<T | undefined>): Promise<T> {
  const begun = Date.now();
  const waited = () => `${Math.round((Date.now() - begun) / 1_000)} s`;
  for (let told = begun; ; ) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() - begun > seconds * 1_000) throw new Error(`Waited ${waited()} in vain for ${what}.`);
    if (Date.now() - told > SIGN_OF_LIFE_MS) {
      told = Date.now();
      console.log(`… waiting for ${what} (${waited()})`);
    }
    await delay(POLL_MS);
  }
}
