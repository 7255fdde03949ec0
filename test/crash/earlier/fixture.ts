import { sandboxKey } from "../../../provider/sandbox/accounts.ts";

/* What the stored states of earlier versions were made with, and are read with. Nothing here is secret. */

/** A made-up key, known to no service. */
export const fixtureKey = sandboxKey("a state of an earlier version");

/** The address in the states. */
export const fixtureUrl = "http://127.0.0.1:4242";

export const fixturePassphrase = "the passphrase of the stored states";
