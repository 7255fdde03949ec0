/** Returns the median, which one slow run on a busy machine does not change. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Returns the ratio of each pair, since load affects both values of a pair. Values without a counterpart are left out. */
export function ratios(values: readonly number[], others: readonly number[]): readonly number[] {
  return values.slice(0, others.length).map((value, index) => value / (others[index] ?? Number.NaN));
}
