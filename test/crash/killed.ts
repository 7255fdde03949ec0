import { afterAll, beforeAll, describe } from "vitest";
import { crashCase } from "./case.ts";
import { type CrashStack, crashStack } from "./crash-stack.ts";
import { type Running, upDuring } from "./interfere.ts";
import type { Call, Moment } from "./moments.ts";
import { ending, recover } from "./recovery.ts";
import { dynamicShell, type Shell } from "./shells.ts";

/** What is left behind after a kill, for each point of the deployment. */
interface Outcomes {
  readonly before: string;
  readonly pending: string;
  /** Depends on how much of the state has been written. The stack's outputs, which other stacks read, are written last. */
  readonly chances: readonly string[];
  readonly providerBefore: string;
  readonly providerChances: readonly string[];
  readonly finished: string;
}

/** A step of an `up`, and which outcome is allowed if everything, or only the provider's process, is killed there. */
interface Step {
  readonly momentOf: (crash: CrashStack, shell: Shell) => Moment;
  readonly everything: keyof Outcomes;
  readonly provider: keyof Outcomes;
  /** A shell with a preflight only. */
  readonly needsPreflight?: true;
  /** With a preflight, the program makes these probes, and the provider's process does nothing. */
  readonly isInPreflight?: true;
  /** Of the `up`; without one otherwise. */
  readonly withPreview?: true;
  /** In place of the suite's own. */
  readonly shell?: Shell;
}

/** The first request of this kind. */
const first =
  (call: Call): Step["momentOf"] =>
  ({ moments }) =>
    moments.asked(call, 1);

/** The request of the provider, which verifies the connection. */
const providers =
  (call: Call): Step["momentOf"] =>
  ({ moments }, { hasPreflight }) =>
    moments.asked(call, hasPreflight ? 2 : 1);

const isBefore = { everything: "before", provider: "providerBefore" } as const;
const isPending = { everything: "pending", provider: "providerBefore" } as const;

const steps = {
  "while its preview probes": {
    momentOf: first("GET /models"),
    ...isBefore,
    isInPreflight: true,
    withPreview: true,
  },
  "while the program makes its preflight probes": {
    momentOf: first("GET /models"),
    ...isBefore,
    needsPreflight: true,
    isInPreflight: true,
  },
  "while check makes its own calls": {
    momentOf: first("GET /models"),
    ...isBefore,
    needsPreflight: true,
    // `check` ignores the preflight's result if ignoreChanges may replace inputs.
    shell: dynamicShell("", '{ ignoreChanges: ["displayName"] }'),
  },
  "while the provider requests the models": { momentOf: providers("GET /models"), ...isPending },
  "while the provider requests the balance": { momentOf: providers("GET /user/balance"), ...isPending },
  "during the test call": { momentOf: first("POST /chat/completions"), ...isPending },
  "right after the test call": {
    momentOf: ({ moments }) => moments.answered(),
    everything: "chances",
    provider: "providerChances",
  },
  "while the state is written": {
    momentOf: ({ moments, stack }) => moments.stateTouched(stack, /\.tmp$/),
    everything: "chances",
    provider: "finished",
  },
  "once the state is written": {
    momentOf: ({ moments, stack }) => moments.stateTouched(stack, /^dev\.json$/),
    everything: "chances",
    provider: "finished",
  },
} satisfies Readonly<Record<string, Step>>;

/** Gives a stack before the operation, with this shell's program, to one case. */
type PlayOn = (shell: Shell, play: (crash: CrashStack) => Promise<string>) => Promise<string>;

// The file of the state's attributes was incomplete. The state itself is complete: the previous or the new one.
const unread = "killed; state's attributes cut off; rm dev.json.attrs; locked; cancel; up; new";
const finished = "works; new; up; new";

// The engine warns of the interrupted creation until it is cleared.
const pendingCreate = "killed; nothing, pending creating; locked; cancel; up; refresh --clear-pending-creates; new";

/** What a killed create leaves behind, and how a user recovers. */
const killedCreate: Outcomes = {
  before: "killed; nothing; locked; cancel; up; new",
  pending: pendingCreate,
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
};

const pendingUpdate = "killed; old, pending updating; locked; cancel; up; new";

/** What a killed update leaves behind, and how a user recovers. */
const killedUpdate: Outcomes = {
  before: "killed; old; locked; cancel; up; new",
  pending: pendingUpdate,
  chances: [
    pendingUpdate,
    "killed; new, output old; locked; cancel; up; new",
    "killed; new; locked; cancel; up; new",
    unread,
  ],
  providerBefore: "fails; old; up; new",
  providerChances: ["fails; old; up; new", finished],
  finished,
};

/** Declares a case for each step of a create. Each has a stack of its own, so they run in parallel. */
export function describeCreate(shell: Shell): void {
  describe.concurrent(`create of ${shell.name}`, () => {
    declareCases(shell, killedCreate, async (shell, play) => {
      await using fresh = await crashStack("create", shell);
      return await play(fresh);
    });
  });
}

/** Declares a case for each step of an update. All use one stack: its key is changed for each case. */
export function describeUpdate(shell: Shell): void {
  describe(`update of ${shell.name}`, () => {
    let lasting: CrashStack;
    beforeAll(async () => {
      lasting = await crashStack("update", shell);
    });
    afterAll(() => lasting[Symbol.asyncDispose]());

    declareCases(shell, killedUpdate, async ({ program }, play) => {
      for (const [file, content] of Object.entries(program)) await lasting.stack.write(file, content);
      try {
        return await play(lasting);
      } finally {
        await lasting.rotate();
      }
    });
  });
}

function declareCases(shell: Shell, outcomes: Outcomes, playOn: PlayOn): void {
  const existing = Object.entries<Step>(steps).filter(([, step]) => shell.hasPreflight || !step.needsPreflight);
  const play = (step: Step, kill: (running: Running) => unknown) =>
    playOn(step.shell ?? shell, async (crash) => {
      const { momentOf, withPreview = false } = step;
      const broken = await upDuring(momentOf(crash, shell), crash.stack, kill, { withPreview });
      return `${ending(broken)}; ${await recover(crash, [broken])}`;
    });

  describe("everything is killed", () => {
    for (const [name, step] of existing) {
      crashCase(name, outcomes[step.everything], () => play(step, (running) => running.killEverything()));
    }
  });
  describe("the provider's process is killed", () => {
    for (const [name, step] of existing) {
      if (shell.hasPreflight && step.isInPreflight) continue;
      crashCase(name, outcomes[step.provider], () => play(step, (running) => running.killPlugin()));
    }
  });
}
