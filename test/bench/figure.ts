import { table } from "../../dist/cli/terminal.js";

/** Something measured, with what is beside it and what it may be at most. */
export interface Figure {
  /** What is measured. Figures of one topic have one unit, and share a graph. */
  readonly topic: string;
  /** Of what, such as `100 connections`. */
  readonly of: string;
  readonly unit: string;
  readonly ours: number;
  /** The same of others, or of ours in another way, in the same unit. */
  readonly beside: readonly Beside[];
  readonly limit: Limit;
}

interface Beside {
  readonly name: string;
  readonly value: number;
}

/** Never in seconds of this machine: a slower hour of it would exceed them without any change. */
export type Limit =
  /** In the figure's own unit, which no machine's speed is in: bytes, or minutes of a simulated clock. */
  | { readonly kind: "value"; readonly most: number }
  /** As a multiple of what is beside it: `ratio` is the median of the pairs of one run, not the ratio of medians. */
  | { readonly kind: "ratio"; readonly to: string; readonly ratio: number; readonly most: number }
  /** It is reported, and nothing in the same run says how much would be too much. */
  | { readonly kind: "none" };

/** What a benchmark comes to. */
interface Findings {
  readonly figures: readonly Figure[];
  /** What the figures are made of, for whoever wants to know more. */
  readonly details?: string;
}

/** Measures one thing. `progress` is told of everything that takes longer than a moment. */
export type Bench = (progress: (line: string) => void) => Promise<Findings>;

/** What could not be measured is over too. */
export function isOver({ ours, limit }: Figure): boolean {
  if (limit.kind === "none") return Number.isNaN(ours);
  return !((limit.kind === "value" ? ours : limit.ratio) <= limit.most);
}

const HEAD = ["", "what", "of", "ours", "beside it", "limit"];

/** The figures as a table for the terminal. */
export function textOf(figures: readonly Figure[]): string {
  return table(HEAD, figures.map(cellsOf));
}

/** The figures as a table in Markdown. */
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

/** To three digits: the noise is larger than that. */
function rounded(value: number): string {
  return value.toLocaleString("en-US", { maximumSignificantDigits: Math.max(3, String(Math.trunc(value)).length) });
}
