import type { AlarmKind } from "../alarms/catalog.ts";
import type { AlarmsArgs } from "../arguments.ts";
import type { SimulatedAccount } from "./simulated-account.ts";

/** The minute of a step that comes before all runs, also those before minute 0. */
export const BEFORE_START = -1;

/** What happens at the beginning of a minute, before that minute's run. */
export interface Step {
  readonly minute: number;
  /** One sentence for the timeline; absent for a repetition. */
  readonly what?: string;
  readonly act: (account: SimulatedAccount) => void;
}

/**
 * A cause of an alarm, from one minute to another: the alarm must come, and while the cause lasts, no message may say that
 * it is over.
 */
export interface Cause {
  readonly alarm: AlarmKind;
  readonly from: number;
  readonly to: number;
}

export interface Scenario {
  /** One line for a person. */
  readonly description: string;
  /** Connections, unless the user says how many. Default 1. */
  readonly connections?: number;
  /** Opt-in alarms that the scenario is about; the user's own settings go before them. */
  readonly alarms?: AlarmsArgs;
  /** Whether the alarms are new at minute 0. Otherwise the monitor has run for a while. */
  readonly isDeployment?: boolean;
  /**
   * What happens, and for how many minutes it is watched. A cause that somebody must end lasts 30 runs, an outage the
   * minutes that its description gives.
   *
   * @param every minutes between two runs
   */
  readonly script: (every: number) => Script;
}

/** What happens in a scenario, and for how many minutes it is watched. */
interface Script {
  readonly minutes: number;
  readonly steps: readonly Step[];
  readonly causes: readonly Cause[];
}

/** Something goes wrong at minute 10 and is put right 30 runs later. */
export function trouble(
  alarm: AlarmKind,
  begins: readonly [what: string, act: Step["act"]],
  ends: readonly [what: string, act: Step["act"]],
): Scenario["script"] {
  return (every) => {
    const end = 10 + 30 * every;
    return {
      minutes: end + 15 + 5 * every,
      steps: [
        { minute: 10, what: begins[0], act: begins[1] },
        { minute: end, what: ends[0], act: ends[1] },
      ],
      causes: [{ alarm, from: 10, to: end }],
    };
  };
}

/** The whole service has trouble for a while, from minute 10. */
export function outage(
  minutes: number,
  what: string,
  scenario: "overloaded" | "rate-limited" | "wrong-key",
  alarms: readonly AlarmKind[],
): Scenario["script"] {
  return (every) => ({
    minutes: 10 + minutes + 20 + 15 * every,
    steps: [
      { minute: 10, what, act: ({ service }) => service.fail(scenario) },
      {
        minute: 10 + minutes,
        what: "The service is well again.",
        act: ({ service }) => service.recover(),
      },
    ],
    causes: alarms.map((alarm) => ({ alarm, from: 10, to: 10 + minutes })),
  });
}

/** Single runs go wrong: each of them begins with `wrong` and the next one with `right`. */
export function singleRuns(
  what: string,
  runs: readonly number[],
  wrong: Step["act"],
  right: Step["act"],
): Scenario["script"] {
  return (every) => ({
    minutes: 60 * every,
    steps: runs.flatMap((run, index) => [
      { minute: run * every, ...(index === 0 && { what }), act: wrong },
      { minute: (run + 1) * every, act: right },
    ]),
    causes: [],
  });
}
