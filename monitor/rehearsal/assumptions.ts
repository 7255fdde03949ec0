/**
 * Minutes after the end of a minute until the gauges that were written in it count. AWS promises no figure for metrics
 * that it extracts from logs. One minute agrees with what alarms report of themselves: a datapoint of 06:56 was first
 * judged at 06:57:51.
 */
export const EMF_DELAY_MINUTES = 1;

/**
 * Periods that CloudWatch looks back beyond an alarm's N, in case some are missing. AWS documents no size, only an example,
 * 5 periods for N = 3; with periods of a minute others have measured 6. Each further one delays 'monitor silent' by a
 * period when every run is missing, and changes nothing else much.
 */
export const EXTRA_PERIODS = 2;

/** What a rehearsal takes for granted, as sentences for its output. */
export const assumptions: readonly string[] = [
  `A gauge counts ${EMF_DELAY_MINUTES} minute after the minute in which it was written is over. AWS promises no figure.`,
  `CloudWatch looks back ${EXTRA_PERIODS} periods more than an alarm's N, as in its documentation's example.`,
];
