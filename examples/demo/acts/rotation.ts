import type { Sandbox } from "../../../provider/sandbox/server.ts";
import { check } from "../claims.ts";
import type { DemoStack } from "../demo-stack.ts";
import { readConnection } from "../deployed-connection.ts";
import { say, verified } from "../narration.ts";

export async function refuseRotation({ keys, fingerprint, setKey, pulumi, workspace }: DemoStack): Promise<void> {
  say(
    "Now the key is rotated, but the new key was mistyped. It must not replace a key that works, since everything that uses the stack's outputs would fail.",
  );
  await setKey(keys.mistyped, "the mistyped key");
  const { code, all } = await pulumi("up --yes");
  check("'pulumi up' with a bad new key fails.", code !== 0, all);
  check("The message identifies the bad key.", all.includes(fingerprint(keys.mistyped)), all);
  const old = fingerprint(keys.good);
  const output = await pulumi("stack output");
  check("The stack's outputs keep the old key.", output.all.includes(old), output.all);
  check("The state keeps the old key.", (await readConnection(workspace))?.keyFingerprint === old, output.all);
  verified(`The rotation was refused (exit code ${code}). The stack keeps the key ${old} from act 2.`);
}

export async function rotate(
  { keys, fingerprint, setKey, pulumi, workspace }: DemoStack,
  sandbox: Sandbox,
): Promise<void> {
  sandbox.use(keys.next, "good");
  say("Now the correct new key. After it is verified and stored, the old key can be revoked at DeepSeek.");
  await setKey(keys.next, "the new key");
  const { code, all } = await pulumi("up --yes");
  check("'pulumi up' with a good new key passes.", code === 0, all);
  const connection = await readConnection(workspace);
  const [old, next] = [fingerprint(keys.good), fingerprint(keys.next)];
  check("The state contains the new key.", connection?.keyFingerprint === next, all);
  check("The connection's status is 'valid'.", connection?.status === "valid", all);
  verified(`The key went from ${old} to ${next}, and the connection's status is 'valid' again.`);

  sandbox.revoke(keys.good);
  say("\nThe old key is revoked. The nightly job from act 4 must not fail because of that:");
  const nightly = await pulumi("refresh --preview-only --expect-no-changes");
  check("The nightly command passes.", nightly.code === 0, nightly.all);
  verified("The nightly job passed: nothing depends on the old key any more.");
}
