import { table } from "../../dist/cli/terminal.js";

/** A measured value, with a compared value and a limit. */
export interface Figure {
  /** The measured quantity. Figures of one topic have the same unit and share a graph. */
  readonly topic: string;
  /** The measured case, such as `100 connections`. */
  readonly of: string;
  readonly unit: string;
  readonly ours: number;
  /** The value of an alternative, in the same unit. */
  readonly beside: readonly Beside[];
  readonly limit: Limit;
}

interface Beside {
  readonly name: string;
  readonly value: number;
}

/** Never in seconds of this machine, since they vary with its load. */
export type Limit =
  /** In the figure's unit, if that does not depend on the machine's speed: bytes, or minutes of a simulated clock. */
  | { readonly kind: "value"; readonly most: number }
  /** As a multiple of the compared value. `ratio` is the median over the pairs of one run, not the ratio of medians. */
  | { readonly kind: "ratio"; readonly to: string; readonly ratio: number; readonly most: number }
  /** No limit: the figure is only reported. */
  | { readonly kind: "none" };

/** The result of a benchmark. */
interface Findings {
  readonly figures: readonly Figure[];
  /** Details about the figures. */
  readonly details?: string;
}

/** A benchmark. `progress` receives a line before each slow step. */
export type Bench = (progress: (line: string) => void) => Promise<Findings>;

/** A value that could not be measured also counts as over its limit. */
export function isOver({ ours, limit }: Figure): boolean {
  if (limit.kind === "none") return Number.isNaN(ours);
  return !((limit.kind === "value" ? ours : limit.ratio) <= limit.most);
}

const HEAD = ["", "what", "of", "ours", "beside it", "limit"];

/** Formats the figures as a table for the terminal. */
export function textOf(figures: readonly Figure[]): string {
  return table(HEAD, figures.map(cellsOf));
}

/** Formats the figures as a table in Markdown. */
export function markdownOf(figures: readonly Figure[]): string {
  const rows = [HEAD, HEAD.map(() => "---"), ...figures.map(cellsOf)];
  return rows.map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`).join("\n");
}

function cellsOf(figure: Figure): readonly string[] {
  const { topic, of, unit, ours, beside } = figure;
  const others = beside.map(({ name, value }) => `${name} ${shown(value, unit)}`).join("; ");
  return [isOver(figure) ? "OVER" : "ok", topic, of, shown(ours, unit), others, limitOf(figure)];
}

function limitOf({ unit, limit }: Figure): string {
  if (limit.kind === "none") return "none";
  if (limit.kind === "value") return `at most ${shown(limit.most, unit)}`;
  return `${rounded(limit.ratio)} × ${limit.to}, at most ${limit.most}`;
}

/** A number of connections, in words. */
export function connectionsOf(count: number): string {
  return `${count.toLocaleString("en-US")} connection${count === 1 ? "" : "s"}`;
}

export function shown(value: number, unit: string): string {
  return `${rounded(value)} ${unit}`;
}

/** Rounded to three digits, since the noise is larger. */
function rounded(value: number): string {
  return value.toLocaleString("en-US", { maximumSignificantDigits: Math.max(3, String(Math.trunc(value)).length) });
}
