import { describe } from "vitest";
import { crashCase } from "./case.ts";
import type { CrashStack } from "./crash-stack.ts";
import { crashProgram, upDuring } from "./interfere.ts";
import type { Moment } from "./moments.ts";
import { ending, recover } from "./recovery.ts";

const steps = {
  "while its preview makes its preflight probes": ({ moments }) => moments.asked("GET /models", 1),
  "while the program makes its preflight probes": ({ moments }) => moments.asked("GET /models", 1),
  "while check asks by itself": ({ moments }) => moments.asked("GET /models", 1),
  "while it asks for the models": ({ moments }) => moments.asked("GET /models", 2),
  "while it asks for the balance": ({ moments }) => moments.asked("GET /user/balance", 2),
  "during the test call": ({ moments }) => moments.asked("POST /chat/completions", 1),
  "right after the test call": ({ moments }) => moments.answered(),
  "while the state is written": ({ moments, stack }) => moments.stateTouched(stack, /\.tmp$/),
  "once the state is written": ({ moments, stack }) => moments.stateTouched(stack, /^dev\.json$/),
} satisfies Readonly<Record<string, (crash: CrashStack) => Moment>>;

type Step = keyof typeof steps;

/** What comes of it, for each step at which it is tried. */
type Expected = Readonly<Partial<Record<Step, string | readonly string[]>>>;

/** What comes of it when the plugin alone is killed, by what is stored until the deployment is done. */
export function pluginKilled(before: "nothing" | "old"): Expected {
  const failed = `fails; ${before}; up; new`;
  const finished = "works; new; up; new";
  return {
    "while check asks by itself": failed,
    "while it asks for the models": failed,
    "during the test call": failed,
    "right after the test call": [failed, finished],
    "while the state is written": finished,
  };
}

const plain = crashProgram();
// `check` does not take the program's word where inputs may be replaced.
const checking = crashProgram("", '{ ignoreChanges: ["displayName"] }');

/** `pulumi up` is killed at each step of it. */
export function describeKilled(
  victim: "everything" | "the plugin",
  expected: Expected,
  playOn: (program: Readonly<Record<string, string>>, play: (crash: CrashStack) => Promise<string>) => Promise<string>,
): void {
  describe(`${victim} is killed`, () => {
    for (const [step, outcome] of Object.entries(expected) as [Step, string | readonly string[]][]) {
      crashCase(step, outcome, () =>
        playOn(step === "while check asks by itself" ? checking : plain, async (crash) => {
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
