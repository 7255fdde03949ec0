import type { Sandbox } from "../../../provider/sandbox/server.ts";
import { check } from "../claims.ts";
import type { DemoStack } from "../demo-stack.ts";
import { readConnection } from "../deployed-connection.ts";
import { say, verified } from "../narration.ts";

export async function revoke({ keys, pulumi, workspace }: DemoStack, sandbox: Sandbox): Promise<void> {
  sandbox.revoke(keys.good);
  say(
    "The key is revoked at the service (here: in the sandbox); the stack does not know it yet. A nightly job compares the state with the service, changes nothing, and tells by its exit code:",
  );
  const before = await readConnection(workspace);
  const nightly = await pulumi("refresh --preview-only --expect-no-changes");
  check("The nightly command fails.", nightly.code !== 0, nightly.all);
  check("It says that the key is rejected.", nightly.all.includes("rejects this API key"), nightly.all);
  const between = await readConnection(workspace);
  check("It changes nothing.", between?.status === "valid", nightly.all);
  verified(`The nightly job failed (exit code ${nightly.code}) because the key is rejected. The state is untouched.`);

  say(
    "\n'pulumi refresh' takes what it finds into the state, so that the next 'pulumi up' knows to verify again. (The program's outputs below are those of the last 'up'; it is the connection's own status that changes.)",
  );
  const { code, all } = await pulumi("refresh --yes");
  check("'pulumi refresh' passes.", code === 0, all);
  const after = await readConnection(workspace);
  check("The status goes from 'valid' to 'invalid'.", before?.status === "valid" && after?.status === "invalid", all);
  verified(`The drift is in the state: the connection's status went from '${before?.status}' to '${after?.status}'.`);

  sandbox.use(keys.good, "good");
  say("\nThe revocation was a mistake, and is taken back: from here on the key works again.");
}
