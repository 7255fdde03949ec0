import { existsSync } from "node:fs";
import type { Sandbox } from "../../provider/sandbox/server.ts";
import { destroy } from "./acts/destroy.ts";
import { rehearseRevocation } from "./acts/rehearsal.ts";
import { revoke } from "./acts/revocation.ts";
import { refuseRotation, rotate } from "./acts/rotation.ts";
import { searchForTheKey } from "./acts/secrecy.ts";
import { bringUp, refusePreview } from "./acts/verification.ts";
import { check } from "./claims.ts";
import { type DemoStack, withDemoStack } from "./demo-stack.ts";
import { heading, say, verified } from "./narration.ts";

type Act =
  | { readonly title: string; readonly play: (stack: DemoStack) => Promise<void> }
  /** Cannot be played with the real service, for this reason. */
  | {
      readonly title: string;
      readonly whyNotReal: string;
      readonly play: (stack: DemoStack, sandbox: Sandbox) => Promise<void>;
    };

const acts: readonly Act[] = [
  { title: "A rejected key stops the preview", play: refusePreview },
  { title: "A good key is verified and deployed", play: bringUp },
  { title: "No file contains the key", play: searchForTheKey },
  { title: "A revoked key shows as drift", whyNotReal: "DeepSeek has no API to revoke a key.", play: revoke },
  { title: "A rotation to a bad key is refused", play: refuseRotation },
  { title: "A rotation to a good key passes", whyNotReal: "It needs a second good key.", play: rotate },
  { title: "The stack is destroyed", play: destroy },
  { title: "The monitor alerts the person on call", play: rehearseRevocation },
];

/** @param realKey the key for the real service; if it is absent, the sandbox stands in */
export async function tellStory(realKey: string | undefined): Promise<void> {
  const begun = performance.now();
  introduce(realKey !== undefined);
  let root = "";
  await withDemoStack(realKey, async (stack) => {
    root = stack.workspace.root;
    for (const [index, act] of acts.entries()) {
      heading(`Act ${index + 1} of ${acts.length}: ${act.title}`);
      if (!("whyNotReal" in act)) await act.play(stack);
      else if (stack.sandbox !== undefined) await act.play(stack, stack.sandbox);
      else say(`Skipped with --real: ${act.whyNotReal} To see this act, run the demo without --real.`);
    }
  });
  check("The temporary folder is removed.", !existsSync(root), root);
  verified("The temporary folder with state, settings and keys is gone too.");
  close(realKey !== undefined, Math.round((performance.now() - begun) / 1_000));
}

function introduce(real: boolean): void {
  heading("pulumi-deepseek: the life of a key, on the real Pulumi engine");
  say(
    "A program of ten lines, examples/quickstart/index.ts, declares a connection to DeepSeek. The demo deploys it, breaks it, destroys it, and rehearses the monitor's alerts, in eight acts of a few seconds each. Press Ctrl-C to stop at any time; the demo then cleans up.",
  );
  say(
    real
      ? "It calls the real https://api.deepseek.com with your DEEPSEEK_API_KEY. One chat call of one token verifies the key, for about $0.000002. The acts that need a revocation or a second good key are skipped."
      : "You need no account and no key: a local sandbox stands in for DeepSeek, and all of Pulumi's files are in a temporary folder.",
  );
  say("Keys are never printed, not even the sandbox's. You see fingerprints: 12 hex digits that identify a key.");
  say(
    "You see only the end of Pulumi's output, unchanged. The demo has checked every line that starts with ✓; if a check fails, it stops and says so.\n",
  );
}

function close(real: boolean, seconds: number): void {
  heading(`The end, after ${seconds} seconds`);
  const revoked = real ? "" : " A nightly command noticed a revoked key.";
  const rotated = real ? "" : ", and a good new key passed";
  say(
    `You saw that a rejected key stops the preview, that a good key is verified before it is deployed, and that the state contains the key only in encrypted form.${revoked} A rotation to a bad key changed nothing${rotated}. A rehearsal showed whom the monitor alerts about a revoked key.`,
  );
  say(`\nWhere to go next:
  README.md               the program in ten lines, what happens when, the command line
  monitor/RUNBOOK.md      what each alarm of the monitor means, and what to do
  npx pulumi-deepseek rehearse
                          other incidents: an outage, insufficient balance, a deleted secret, …
  npm run sandbox         the sandbox alone, with a key for each scenario${
    real
      ? ""
      : `
  npm run demo -- --real  the same with the real service and your DEEPSEEK_API_KEY, for about $0.000002`
  }`);
}
