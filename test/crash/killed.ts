import { describe } from "vitest";
import { crashCase } from "./case.ts";
import type { CrashStack } from "./crash-stack.ts";
import { crashProgram, upDuring } from "./interfere.ts";
import type { Moment } from "./moments.ts";
import { ending, recover } from "./recovery.ts";

const steps = {
  "while its preview makes its preflight probes": ({ moments }) => moments.asked("GET /models", 1),
  "while the program makes its preflight probes": ({ moments }) => moments.asked("GET /models", 1),
  "while check makes its own calls": ({ moments }) => moments.asked("GET /models", 1),
  "while the provider requests the models": ({ moments }) => moments.asked("GET /models", 2),
  "while the provider requests the balance": ({ moments }) => moments.asked("GET /user/balance", 2),
  "during the test call": ({ moments }) => moments.asked("POST /chat/completions", 1),
  "right after the test call": ({ moments }) => moments.answered(),
  "while the state is written": ({ moments, stack }) => moments.stateTouched(stack, /\.tmp$/),
  "once the state is written": ({ moments, stack }) => moments.stateTouched(stack, /^dev\.json$/),
} satisfies Readonly<Record<string, (crash: CrashStack) => Moment>>;

type Step = keyof typeof steps;

/** The expected outcomes, by the step at which the process is killed. */
type Expected = Readonly<Partial<Record<Step, string | readonly string[]>>>;

/** The expected outcomes if only the plugin is killed, for a given state before the deployment. */
export function pluginKilled(before: "nothing" | "old"): Expected {
  const failed = `fails; ${before}; up; new`;
  const finished = "works; new; up; new";
  return {
    "while check makes its own calls": failed,
    "while the provider requests the models": failed,
    "during the test call": failed,
    "right after the test call": [failed, finished],
    "while the state is written": finished,
  };
}

const plain = crashProgram();
// `check` ignores the preflight's result if ignoreChanges may replace inputs.
const checking = crashProgram("", '{ ignoreChanges: ["displayName"] }');

/** Declares a case for each step at which `pulumi up` is killed. */
export function describeKilled(
  victim: "everything" | "the plugin",
  expected: Expected,
  playOn: (program: Readonly<Record<string, string>>, play: (crash: CrashStack) => Promise<string>) => Promise<string>,
): void {
  describe(`${victim} is killed`, () => {
    for (const [step, outcome] of Object.entries(expected) as [Step, string | readonly string[]][]) {
      crashCase(step, outcome, () =>
        playOn(step === "while check makes its own calls" ? checking : plain, async (crash) => {
          const broken = await upDuring(
            steps[step](crash),
            crash.stack,
            (running) => (victim === "everything" ? running.killEverything() : running.killPlugin()),
            { withPreview: step === "while its preview makes its preflight probes" },
          );
          return `${ending(broken)}; ${await recover(crash, [broken])}`;
        }),
      );
    }
  });
}
