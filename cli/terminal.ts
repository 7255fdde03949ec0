/** Rows under a head, each column as wide as it has to be. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return aligned([head, ...rows]);
}

/** The same without a head. */
export function aligned(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** After how many milliseconds of waiting a line says what is waited for. */
const PATIENCE_MS = 2_000;

/** One line on stderr, on a terminal only, about what takes longer than two seconds. */
export class Progress {
  readonly #timer: NodeJS.Timeout | undefined;
  #text: string;
  #isShown = false;

  constructor(text: string) {
    this.#text = text;
    if (process.stderr.isTTY) this.#timer = setTimeout(() => this.#show(), PATIENCE_MS);
  }

  /** What is waited for now. */
  say(text: string): void {
    this.#text = text;
    if (this.#isShown) this.#show();
  }

  /** Takes the line away. */
  end(): void {
    clearTimeout(this.#timer);
    if (this.#isShown) process.stderr.write("\r\u001b[K");
  }

  #show(): void {
    this.#isShown = true;
    process.stderr.write(`\r\u001b[K${this.#text} `);
  }
}
