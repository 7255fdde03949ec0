import { afterAll, beforeAll, describe } from "vitest";
import { type CrashStack, crashStack } from "./crash-stack.ts";
import { describeKilled, pluginKilled } from "./killed.ts";

/* One stack goes through all of it: its key is changed again and again, and each time the update is broken off. */

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
// The stack's outputs, which other stacks read, come last.
const written = "killed; new, output old; locked; cancel; up; new";
const complete = "killed; new; locked; cancel; up; new";
// The file of the state's attributes was not whole. The state is, be it the one before or the new one.
const unread = "killed; state's attributes cut off; rm dev.json.attrs; locked; cancel; up; new";
const chances = [pending, written, complete, unread];

describe("update", () => {
  describeKilled(
    "everything",
    {
      "while its preview makes its preflight probes": old,
      "while the program makes its preflight probes": old,
      "while check asks by itself": old,
      "while it asks for the models": pending,
      "while it asks for the balance": pending,
      "during the test call": pending,
      "right after the test call": chances,
      "while the state is written": chances,
      "once the state is written": chances,
    },
    playOn,
  );
  describeKilled("the plugin", pluginKilled("old"), playOn);
});
