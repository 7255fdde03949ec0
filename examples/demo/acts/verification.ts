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
    `The stack gets ${whose}. A preview changes nothing and runs on every pull request. With this package it also checks the key at DeepSeek, free of charge, so you see the mistake before anything is deployed.`,
  );
  await setKey(keys.dead, sandbox === undefined ? "the made-up key" : "the revoked key");
  const { code, all } = await pulumi("preview");
  check("The preview of a rejected key fails.", code !== 0, all);
  check("The message says that the key is rejected.", all.includes("rejects this API key"), all);
  check("The message identifies the key by its fingerprint.", all.includes(fingerprint(keys.dead)), all);
  check("The preview creates nothing.", (await readConnection(workspace)) === undefined, await workspace.state());
  verified(`The preview failed (exit code ${code}) and said which key, why, and what to do. Nothing was created.`);
}

export async function bringUp({ keys, fingerprint, setKey, pulumi, workspace }: DemoStack): Promise<void> {
  say(
    "The stack gets a good key. Before 'pulumi up' stores anything, it verifies the key with the free calls and with one chat call of one token, the only proof that the key can be used.",
  );
  await setKey(keys.good, "the good key");
  const { code, all } = await pulumi("up --yes");
  check("'pulumi up' with a good key passes.", code === 0, all);
  check("The output that contains the key is [secret].", /^ *openai +: \[secret\]$/m.test(all), all);
  const connection = await readConnection(workspace);
  check("The connection's status is 'valid'.", connection?.status === "valid", all);
  check("The key in the state is the good key.", connection?.keyFingerprint === fingerprint(keys.good), all);
  check("The chat call was answered.", connection?.servedModel !== undefined, all);
  verified(
    `The key is verified: status 'valid', and ${connection?.servedModel} answered the chat call. The output 'openai', which contains the key, is [secret].`,
  );
}
