/** Most edits by which a word may be another one mistyped. */
const MAX_EDITS = 4;

/** The word that was probably meant, or `undefined` if none is near. */
export function mostSimilar(typed: string, words: readonly string[]): string | undefined {
  const near = words
    .map((word) => ({ word, edits: word.startsWith(typed) ? 0 : editsBetween(typed, word) }))
    .filter(({ word, edits }) => edits <= Math.min(MAX_EDITS, word.length / 2))
    .toSorted((a, b) => a.edits - b.edits);
  return typed === "" ? undefined : near[0]?.word;
}

/** How many letters must be added, dropped or changed (Levenshtein). */
function editsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const changed = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(changed, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
