/** A table with a head row. Columns are as wide as their content. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return aligned([head, ...rows]);
}

/** A table without a head row. */
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

/** Milliseconds of waiting after which a line says what the command is waiting for. */
const PATIENCE_MS = 2_000;

/** A line on stderr about work that takes longer than two seconds. It is shown on a terminal only. */
export class Progress {
  readonly #timer: NodeJS.Timeout | undefined;
  #text: string;
  #isShown = false;

  constructor(text: string) {
    this.#text = text;
    if (process.stderr.isTTY) this.#timer = setTimeout(() => this.#show(), PATIENCE_MS);
  }

  /** Changes the line's text. */
  say(text: string): void {
    this.#text = text;
    if (this.#isShown) this.#show();
  }

  /** Removes the line. */
  end(): void {
    clearTimeout(this.#timer);
    if (this.#isShown) process.stderr.write("\r\u001b[K");
  }

  #show(): void {
    this.#isShown = true;
    process.stderr.write(`\r\u001b[K${this.#text} `);
  }
}
