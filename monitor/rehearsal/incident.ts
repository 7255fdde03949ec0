import type { AlarmKind } from "../alarms/catalog.ts";
import type { AlarmsArgs, Currency } from "../arguments.ts";
import type { SimulatedAccount } from "./simulated-account.ts";

/** The minute of a step that precedes all runs, including those before minute 0. */
export const BEFORE_START = -1;

/** An event at the beginning of a minute, before that minute's run. */
export interface Step {
  readonly minute: number;
  /** One sentence for the timeline; absent if the step repeats an earlier one. */
  readonly what?: string;
  readonly act: (account: SimulatedAccount) => void;
}

/**
 * The cause of an alarm, from one minute to another. The alarm must fire, and no message may say that it cleared while the
 * cause lasts.
 */
export interface Cause {
  readonly alarm: AlarmKind;
  readonly from: number;
  readonly to: number;
}

export interface Scenario {
  /** One sentence for people. */
  readonly description: string;
  /** How many connections there are unless the user sets it. @default 1 */
  readonly connections?: number;
  /** Whether all connections have the same key. @default `false` */
  readonly hasOneKey?: boolean;
  /** Whether each connection's key is in a secret of the user's own. Otherwise it is in the monitor's secret of its shard. @default `false` */
  readonly hasOwnSecrets?: boolean;
  /** Opt-in alarms that the scenario needs. The user's settings take precedence. */
  readonly alarms?: AlarmsArgs;
  /** The currency of all accounts. @default USD */
  readonly currency?: Currency;
  /** Whether the monitor is deployed at minute 0. Otherwise it has been running for a while. */
  readonly isDeployment?: boolean;
  /**
   * Returns what happens, and the length of the rehearsal. A cause that somebody must fix lasts 30 runs; an outage lasts as
   * many minutes as its description says.
   *
   * @param every minutes between two runs
   */
  readonly script: (every: number) => Script;
}

/** What happens in a scenario, and how many minutes it takes. */
interface Script {
  readonly minutes: number;
  readonly steps: readonly Step[];
  readonly causes: readonly Cause[];
}

/** Something goes wrong at minute 10 and is fixed 30 runs later. */
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

/** The whole service fails for some minutes, from minute 10. */
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
        what: "The service recovers.",
        act: ({ service }) => service.recover(),
      },
    ],
    causes: alarms.map((alarm) => ({ alarm, from: 10, to: 10 + minutes })),
  });
}

/** Single runs fail: `wrong` is applied before each of them, and `right` before the next one. */
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
