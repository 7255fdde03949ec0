import { metrics, type Scope } from "../metrics.ts";
import { type AlarmDefinition, type AlarmKind, alarmDefinitions, alarmKinds, type Severity } from "./definitions.ts";

/** What a user may change about an alarm. */
export interface AlarmSettings {
  /**
   * Whether there is such an alarm.
   *
   * @default as it is defined
   */
  readonly enabled?: boolean | undefined;
  /**
   * Who is told.
   *
   * @default as it is defined
   */
  readonly severity?: Severity | undefined;
  /**
   * In the gauge's unit.
   *
   * @default as it is defined; an alarm that has none cannot be switched on without
   */
  readonly threshold?: number | undefined;
}

/** An alarm as it is deployed: the definition with the user's settings, fitted to the schedule. */
export interface EffectiveAlarm extends AlarmDefinition {
  /** Its name in the monitor's `alarms` argument. */
  readonly kind: AlarmKind;
  /** In the gauge's unit: the user's, or the definition's. */
  readonly threshold: number;
}

/** CloudWatch's longest period of an alarm, in seconds. Source: PutMetricAlarm, `Period` and `EvaluationPeriods`. */
const MAX_PERIOD = 86_400;

/**
 * The alarms about one kind of subject that are switched on, in the definitions' order.
 *
 * A period holds as many runs as it does with a schedule of one minute: five minutes between runs make five-minute
 * periods of one-minute ones. Otherwise periods without a run would pass for silence.
 *
 * @param intervalMinutes minutes between two runs, 1 to 60
 * @throws Error if an alarm without a default threshold is switched on and given none; the arguments are checked before
 */
export function effectiveAlarms(
  scope: Scope,
  settings: Readonly<Partial<Record<AlarmKind, AlarmSettings | undefined>>>,
  intervalMinutes: number,
): readonly EffectiveAlarm[] {
  return alarmKinds.flatMap((kind) => {
    const definition: AlarmDefinition = alarmDefinitions[kind];
    const given = settings[kind] ?? {};
    if (metrics[definition.metric].scope !== scope || !(given.enabled ?? definition.byDefault)) return [];
    const threshold = given.threshold ?? definition.threshold;
    if (threshold === undefined) throw new Error(`The alarm '${kind}' needs a threshold.`);
    const period = Math.min(definition.period * intervalMinutes, MAX_PERIOD);
    return [{ ...definition, kind, threshold, period, severity: given.severity ?? definition.severity }];
  });
}
