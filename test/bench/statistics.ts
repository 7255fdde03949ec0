/** The middle value: one slow run on a noisy machine does not move it. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The ratio of each pair: what drifts on the machine drifts in both. Where one has fewer values, the others' rest is left out. */
export function ratios(values: readonly number[], others: readonly number[]): readonly number[] {
  return values.slice(0, others.length).map((value, index) => value / (others[index] ?? Number.NaN));
}
