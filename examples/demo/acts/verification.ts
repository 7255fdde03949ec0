import { check } from "../claims.ts";
import type { DemoStack } from "../demo-stack.ts";
import { readConnection } from "../deployed-connection.ts";
import { say, verified } from "../narration.ts";

export async function refusePreview({
  sandbox,
  keys,
  fingerprint,
  setKey,
  pulumi,
  workspace,
}: DemoStack): Promise<void> {
  const whose = sandbox === undefined ? "a made-up key that DeepSeek does not know" : "a key that was revoked";
  say(
    `The stack gets ${whose}. A preview changes nothing and runs on every pull request; with this package it also asks DeepSeek, free of charge, so the mistake shows before anything is deployed.`,
  );
  await setKey(keys.dead, sandbox === undefined ? "the made-up one" : "the revoked one");
  const { code, all } = await pulumi("preview");
  check("The preview of a dead key fails.", code !== 0, all);
  check("The message says that the key is rejected.", all.includes("rejects this API key"), all);
  check("The message names the key by its fingerprint.", all.includes(fingerprint(keys.dead)), all);
  check("The preview creates nothing.", (await readConnection(workspace)) === undefined, await workspace.state());
  verified(`The preview failed (exit code ${code}) and said which key, why, and what to do. Nothing was created.`);
}

export async function bringUp({ keys, fingerprint, setKey, pulumi, workspace }: DemoStack): Promise<void> {
  say(
    "The stack gets a good key. 'pulumi up' verifies it once more before it stores anything: with the free calls, and with one chat call of one token, the only proof that the key can be used.",
  );
  await setKey(keys.good, "the good one");
  const { code, all } = await pulumi("up --yes");
  check("'pulumi up' with a good key passes.", code === 0, all);
  check("The output that holds the key is [secret].", /^ *openai +: \[secret\]$/m.test(all), all);
  const connection = await readConnection(workspace);
  check("The connection's status is 'valid'.", connection?.status === "valid", all);
  check("The key in the state is the good one.", connection?.keyFingerprint === fingerprint(keys.good), all);
  check("The chat call was answered.", connection?.servedModel !== undefined, all);
  verified(
    `The key is verified: status 'valid', and ${connection?.servedModel} answered the chat call. 'openai', which holds the key, is [secret].`,
  );
}
