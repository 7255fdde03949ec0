import { afterAll, beforeAll, describe } from "vitest";
import { type CrashStack, crashStack } from "./crash-stack.ts";
import { describeKilled, pluginKilled } from "./killed.ts";

/* All cases use one stack: its key is changed for each case, and each update is interrupted. */

let lasting: CrashStack;
beforeAll(async () => {
  lasting = await crashStack("update");
});
afterAll(() => lasting[Symbol.asyncDispose]());

async function playOn(program: Record<string, string>, play: (crash: CrashStack) => Promise<string>): Promise<string> {
  for (const [file, content] of Object.entries(program)) await lasting.stack.write(file, content);
  try {
    return await play(lasting);
  } finally {
    await lasting.rotate();
  }
}

const old = "killed; old; locked; cancel; up; new";
const pending = "killed; old, pending updating; locked; cancel; up; new";
// The stack's outputs, which other stacks read, are written last.
const written = "killed; new, output old; locked; cancel; up; new";
const complete = "killed; new; locked; cancel; up; new";
// The file of the state's attributes was incomplete. The state itself is complete: the previous or the new one.
const unread = "killed; state's attributes cut off; rm dev.json.attrs; locked; cancel; up; new";
const chances = [pending, written, complete, unread];

describe("update", () => {
  describeKilled(
    "everything",
    {
      "while its preview makes its preflight probes": old,
      "while the program makes its preflight probes": old,
      "while check makes its own calls": old,
      "while the provider requests the models": pending,
      "while the provider requests the balance": pending,
      "during the test call": pending,
      "right after the test call": chances,
      "while the state is written": chances,
      "once the state is written": chances,
    },
    playOn,
  );
  describeKilled("the plugin", pluginKilled("old"), playOn);
});
