import { sandboxKey } from "../../../provider/sandbox/accounts.ts";

/* The values with which the stored states were created and are read. None of them is secret. */

/** A made-up key that belongs to no account. */
export const fixtureKey = sandboxKey("a state of an earlier version");

/** The base URL in the states. */
export const fixtureUrl = "http://127.0.0.1:4242";

export const fixturePassphrase = "the passphrase of the stored states";
