import { escapeXml, FAINT, INK, round, svgFile, text } from "../../dist/monitor/rehearsal/svg-elements.js";
import { type Figure, isOver, shown } from "./figure.ts";

// All lengths are in pixels.
const WIDTH = 1_160;
const MARGIN = 24;
/** The left end of the bars. Their names are to the left of it. */
const LEFT = 440;
/** The space for a bar's value. */
const VALUE = 130;
const BAR = 14;
const ROW = 19;
const CASE_GAP = 8;
const TOPIC_HEAD = 34;
const TOPIC_GAP = 18;
const HEAD = 76;

const OURS = "#2563a8";
const OVER = "#d64545";
const OTHER = "#b9c3d0";

interface Bar {
  readonly label: string;
  readonly value: number;
  readonly colour: string;
}

/** Draws the figures as bars, ours above the compared one. Each group has its own scale, since values differ widely. */
export function drawingOf(figures: readonly Figure[], subtitle: string): string {
  const parts: string[] = [];
  let y = HEAD;
  for (const [topic, group] of Map.groupBy(figures, (figure) => figure.topic)) {
    parts.push(text(MARGIN, y + 14, topic, { weight: 600 }));
    y += TOPIC_HEAD;
    for (const figure of group) {
      parts.push(text(MARGIN, y + 11, figure.of, { colour: FAINT, size: 12 }));
      const bars = barsOf(figure);
      const most = Math.max(...bars.map(({ value }) => value));
      for (const bar of bars) {
        parts.push(...drawBar(bar, y, most, figure.unit));
        y += ROW;
      }
      y += CASE_GAP;
    }
    y += TOPIC_GAP;
  }
  return svgFile("The figures of pulumi-deepseek beside others", { width: WIDTH, height: y }, [
    `<rect width="${WIDTH}" height="${y}" fill="#ffffff"/>`,
    text(MARGIN, 34, "Figures, side by side", { size: 20, weight: 600 }),
    text(MARGIN, 56, `Shorter is better; each group of bars has its own scale. Red: above its limit. ${subtitle}`, {
      colour: FAINT,
      size: 12,
    }),
    ...parts,
  ]);
}

function barsOf(figure: Figure): readonly Bar[] {
  return [
    { label: "ours", value: figure.ours, colour: isOver(figure) ? OVER : OURS },
    ...figure.beside.map(({ name, value }) => ({ label: name, value, colour: OTHER })),
  ];
}

function drawBar({ label, value, colour }: Bar, y: number, most: number, unit: string): string[] {
  const width = most > 0 ? round(Math.max(1, ((WIDTH - MARGIN - VALUE - LEFT) * value) / most)) : 1;
  const isOther = colour === OTHER;
  return [
    text(LEFT - 8, y + 11, label, { anchor: "end", colour: isOther ? FAINT : INK, size: 12 }),
    `<rect x="${LEFT}" y="${y}" width="${width}" height="${BAR}" fill="${colour}"><title>${escapeXml(label)}</title></rect>`,
    text(LEFT + width + 6, y + 11, shown(value, unit), { colour: isOther ? FAINT : INK, size: 12 }),
  ];
}
