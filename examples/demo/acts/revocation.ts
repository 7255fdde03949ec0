import type { Sandbox } from "../../../provider/sandbox/server.ts";
import { check } from "../claims.ts";
import type { DemoStack } from "../demo-stack.ts";
import { readConnection } from "../deployed-connection.ts";
import { say, verified } from "../narration.ts";

export async function revoke({ keys, pulumi, workspace }: DemoStack, sandbox: Sandbox): Promise<void> {
  sandbox.revoke(keys.good);
  say(
    "The key is revoked at the service (here: in the sandbox). The stack does not know that yet. A nightly job compares the state with the service. It changes nothing and reports the result by its exit code:",
  );
  const before = await readConnection(workspace);
  const nightly = await pulumi("refresh --preview-only --expect-no-changes");
  check("The nightly command fails.", nightly.code !== 0, nightly.all);
  check("It says that the key is rejected.", nightly.all.includes("rejects this API key"), nightly.all);
  const between = await readConnection(workspace);
  check("It changes nothing.", between?.status === "valid", nightly.all);
  verified(`The nightly job failed (exit code ${nightly.code}) because the key is rejected. The state is untouched.`);

  say(
    "\n'pulumi refresh' writes what it finds to the state, so that the next 'pulumi up' verifies the key again. (The stack's outputs below are still those of the last 'up'; the connection's own status changes.)",
  );
  const { code, all } = await pulumi("refresh --yes");
  check("'pulumi refresh' passes.", code === 0, all);
  const after = await readConnection(workspace);
  check("The status goes from 'valid' to 'invalid'.", before?.status === "valid" && after?.status === "invalid", all);
  verified(`The state shows the drift: the connection's status went from '${before?.status}' to '${after?.status}'.`);

  sandbox.use(keys.good, "good");
  say("\nThe revocation was a mistake and is undone: the key works again.");
}
