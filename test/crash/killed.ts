import { afterAll, beforeAll, describe } from "vitest";
import { crashCase } from "./case.ts";
import { type CrashStack, crashStack } from "./crash-stack.ts";
import { upDuring } from "./interfere.ts";
import type { Call, Moment } from "./moments.ts";
import { ending, recover } from "./recovery.ts";
import { dynamicShell, type Shell } from "./shells.ts";

type MomentOf = (crash: CrashStack, shell: Shell) => Moment;

/** The first request of this kind. */
const first =
  (call: Call): MomentOf =>
  ({ moments }) =>
    moments.asked(call, 1);

/** The request of the provider, which verifies the connection. */
const providers =
  (call: Call): MomentOf =>
  ({ moments }, { probesAhead }) =>
    moments.asked(call, probesAhead + 1);

/** The steps of an `up`. The two shells share most of them. */
const steps = {
  "while its preview probes": first("GET /models"),
  "while the program makes its preflight probes": first("GET /models"),
  "while check makes its own calls": first("GET /models"),
  "while the provider requests the models": providers("GET /models"),
  "while the provider requests the balance": providers("GET /user/balance"),
  "during the test call": first("POST /chat/completions"),
  "right after the test call": ({ moments }) => moments.answered(),
  "while the state is written": ({ moments, stack }) => moments.stateTouched(stack, /\.tmp$/),
  "once the state is written": ({ moments, stack }) => moments.stateTouched(stack, /^dev\.json$/),
} satisfies Readonly<Record<string, MomentOf>>;

type Step = keyof typeof steps;
type Outcome = string | readonly string[];
type Victim = "everything" | "the provider's process";

/** The expected outcomes, by what is killed and the step at which it is killed. */
type Expected = Readonly<Record<Victim, Readonly<Partial<Record<Step, Outcome>>>>>;

/** Gives a stack before the operation, with this shell's program, to one case. */
type PlayOn = (shell: Shell, play: (crash: CrashStack) => Promise<string>) => Promise<string>;

// The file of the state's attributes was incomplete. The state itself is complete: the previous or the new one.
const unread = "killed; state's attributes cut off; rm dev.json.attrs; locked; cancel; up; new";
const finished = "works; new; up; new";

// The engine warns of the interrupted creation until it is cleared.
const pendingCreate = "killed; nothing, pending creating; locked; cancel; up; refresh --clear-pending-creates; new";

/** What a killed create leaves behind, and how a user recovers. */
export const killedCreate = {
  before: "killed; nothing; locked; cancel; up; new",
  pending: pendingCreate,
  /** Depends on how much of the state has been written. */
  chances: [
    pendingCreate,
    "killed; new, no output; locked; cancel; up; new",
    "killed; new; locked; cancel; up; new",
    unread,
    unread.replace("; new", "; refresh --clear-pending-creates; new"),
  ],
  providerBefore: "fails; nothing; up; new",
  providerChances: ["fails; nothing; up; new", finished],
  finished,
} as const;

const pendingUpdate = "killed; old, pending updating; locked; cancel; up; new";

/** What a killed update leaves behind, and how a user recovers. */
export const killedUpdate = {
  before: "killed; old; locked; cancel; up; new",
  pending: pendingUpdate,
  /** Depends on how much of the state was written. The stack's outputs, which other stacks read, are written last. */
  chances: [
    pendingUpdate,
    "killed; new, output old; locked; cancel; up; new",
    "killed; new; locked; cancel; up; new",
    unread,
  ],
  providerBefore: "fails; old; up; new",
  providerChances: ["fails; old; up; new", finished],
  finished,
} as const;

/** Declares a case for each step of a create. Each has a stack of its own, so they run in parallel. */
export function describeCreate(shell: Shell, expected: Expected): void {
  describe.concurrent(`create of ${shell.name}`, () => {
    declareCases(shell, expected, async (shell, play) => {
      await using fresh = await crashStack("create", shell);
      return await play(fresh);
    });
  });
}

/** Declares a case for each step of an update. All use one stack: its key is changed for each case. */
export function describeUpdate(shell: Shell, expected: Expected): void {
  describe(`update of ${shell.name}`, () => {
    let lasting: CrashStack;
    beforeAll(async () => {
      lasting = await crashStack("update", shell);
    });
    afterAll(() => lasting[Symbol.asyncDispose]());

    declareCases(shell, expected, async ({ program }, play) => {
      for (const [file, content] of Object.entries(program)) await lasting.stack.write(file, content);
      try {
        return await play(lasting);
      } finally {
        await lasting.rotate();
      }
    });
  });
}

// `check` ignores the preflight's result if ignoreChanges may replace inputs.
const checking = dynamicShell("", '{ ignoreChanges: ["displayName"] }');

function declareCases(shell: Shell, expected: Expected, playOn: PlayOn): void {
  for (const [victim, outcomes] of Object.entries(expected) as [Victim, Expected[Victim]][]) {
    describe(`${victim} is killed`, () => {
      for (const [step, outcome] of Object.entries(outcomes) as [Step, Outcome][]) {
        crashCase(step, outcome, () =>
          playOn(step === "while check makes its own calls" ? checking : shell, async (crash) => {
            const broken = await upDuring(
              steps[step](crash, shell),
              crash.stack,
              (running) => (victim === "everything" ? running.killEverything() : running.killPlugin()),
              { withPreview: step === "while its preview probes" },
            );
            return `${ending(broken)}; ${await recover(crash, [broken])}`;
          }),
        );
      }
    });
  }
}
