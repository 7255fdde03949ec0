import { describe } from "vitest";
import { type CrashStack, crashStack } from "./crash-stack.ts";
import { describeKilled, pluginKilled } from "./killed.ts";

async function playOn(program: Record<string, string>, play: (crash: CrashStack) => Promise<string>): Promise<string> {
  await using fresh = await crashStack("create", program);
  return await play(fresh);
}

const nothing = "killed; nothing; locked; cancel; up; new";
// The engine warns of the interrupted creation until it is cleared.
const pending = "killed; nothing, pending creating; locked; cancel; up; refresh --clear-pending-creates; new";
const written = "killed; new, no output; locked; cancel; up; new";
const complete = "killed; new; locked; cancel; up; new";
// The file of the state's attributes was incomplete. The state itself is complete: the previous or the new one.
const unread = "killed; state's attributes cut off; rm dev.json.attrs; locked; cancel; up; new";
const unreadPending = unread.replace("; new", "; refresh --clear-pending-creates; new");
const chances = [pending, written, complete, unread, unreadPending];

describe.concurrent("create", () => {
  describeKilled(
    "everything",
    {
      "while its preview makes its preflight probes": nothing,
      "while the program makes its preflight probes": nothing,
      "while check makes its own calls": nothing,
      "while the provider requests the models": pending,
      "while the provider requests the balance": pending,
      "during the test call": pending,
      "right after the test call": chances,
      "while the state is written": chances,
      "once the state is written": chances,
    },
    playOn,
  );
  describeKilled("the plugin", pluginKilled("nothing"), playOn);
});
