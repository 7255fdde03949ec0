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
  /** Cannot be played with the real service, for the given reason. */
  | {
      readonly title: string;
      readonly whyNotReal: string;
      readonly play: (stack: DemoStack, sandbox: Sandbox) => Promise<void>;
    };

const acts: readonly Act[] = [
  { title: "A dead key stops the preview", play: refusePreview },
  { title: "A good key is verified and deployed", play: bringUp },
  { title: "The key is nowhere in the state", play: searchForTheKey },
  { title: "A revoked key shows as drift", whyNotReal: "DeepSeek has no API that revokes a key.", play: revoke },
  { title: "A rotation to a bad key is refused", play: refuseRotation },
  { title: "A rotation to a good key passes", whyNotReal: "It would take a second good key.", play: rotate },
  { title: "Everything is taken down", play: destroy },
  { title: "The person on call is told", play: rehearseRevocation },
];

/** @param realKey the key for the real service; without it the sandbox stands in. */
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
      else say(`Left out with --real: ${act.whyNotReal} Without --real, the sandbox plays it.`);
    }
  });
  check("The temporary folder is removed.", !existsSync(root), root);
  verified("The temporary folder with state, settings and keys is removed too.");
  close(realKey !== undefined, Math.round((performance.now() - begun) / 1_000));
}

function introduce(real: boolean): void {
  heading("pulumi-deepseek: the story of one key, on the real Pulumi engine");
  say(
    "A program of ten lines, examples/quickstart/index.ts, declares a connection to DeepSeek. The demo deploys it, breaks it, takes it down, and rehearses what its monitor would have said, in eight acts of a few seconds each. Ctrl-C stops it at any time and leaves nothing behind.",
  );
  say(
    real
      ? "It asks the real https://api.deepseek.com with your DEEPSEEK_API_KEY, which is verified by one chat call of one token: about $0.000002 for each 'pulumi up' that passes, and one does. What cannot be shown with the real service, a revocation and a second good key, is left out."
      : "No account and no key are needed: a local sandbox stands in for DeepSeek, and all of Pulumi's files are in a temporary folder.",
  );
  say("Keys are never printed, not even the sandbox's. You see fingerprints: 12 hex digits that tell keys apart.");
  say(
    "What Pulumi prints is shortened to its end, otherwise as it is. A line with ✓ was checked; if a check fails, the demo stops and says so.\n",
  );
}

function close(real: boolean, seconds: number): void {
  heading(`The end, after ${seconds} seconds`);
  const revoked = real ? "" : " A revocation was found by a nightly command.";
  const rotated = real ? "" : ", and a good one passed";
  say(
    `You saw that a dead key stops at the preview, that a good one is verified before it is deployed, and that it lies in the state only encrypted.${revoked} A rotation to a bad key changed nothing${rotated}. What a monitor says of a revoked key was rehearsed.`,
  );
  say(`\nWhere to go next:
  README.md               the program in ten lines, inputs, outputs, what happens when
  monitor/RUNBOOK.md      what each alarm of the monitor means, and what to do
  npx pulumi-deepseek rehearse
                          other incidents: an outage, an empty account, a deleted secret, …
  npm run sandbox         the sandbox by itself, with a key for each way to fail${
    real
      ? ""
      : `
  npm run demo -- --real  the same with the real DeepSeek and your DEEPSEEK_API_KEY, for about $0.000002`
  }`);
}
