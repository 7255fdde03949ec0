import type { AlarmState } from "./timeline.ts";

/** The colour of texts. */
export const INK = "#1f2430";

/** The colour of secondary texts. */
export const FAINT = "#6b7280";

/** The colour of a graph's axes. */
export const GRID = "#e5e7eb";

/** The colour of an alarm in each state. */
export const stateColours: Readonly<Record<AlarmState, string>> = {
  OK: "#b7dfc0",
  ALARM: "#d64545",
  INSUFFICIENT_DATA: "#d9dce1",
};

const FONT = `font-family="system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"`;

/**
 * Returns the text of an SVG file. Lengths are in pixels.
 *
 * @param font the font attributes, if they differ from the default
 */
export function svgFile(
  title: string,
  { width, height, font = FONT }: { readonly width: number; readonly height: number; readonly font?: string },
  parts: readonly string[],
): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ${font} role="img">`,
    `<title>${escapeXml(title)}</title>`,
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}

interface TextStyle {
  readonly anchor?: "start" | "middle" | "end";
  readonly colour?: string;
  readonly size?: number;
  readonly weight?: number;
}

/** A text whose anchor is at a point on the baseline. Lengths are in pixels. */
export function text(x: number, y: number, content: string, style: TextStyle = {}): string {
  const { anchor = "start", colour = INK, size = 14, weight = 400 } = style;
  return (
    `<text x="${round(x)}" y="${round(y)}" fill="${colour}" font-size="${size}" font-weight="${weight}" ` +
    `text-anchor="${anchor}">${escapeXml(content)}</text>`
  );
}

/** A straight line. @param dashes as in `stroke-dasharray` */
export function line(x1: number, y1: number, x2: number, y2: number, colour: string, dashes?: string): string {
  const dashed = dashes === undefined ? "" : ` stroke-dasharray="${dashes}"`;
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="${colour}"${dashed}/>`;
}

/** Rounds to a tenth of a pixel: smaller differences are invisible and would make the file larger. */
export function round(length: number): number {
  return Math.round(length * 10) / 10;
}

/** Formats a value as a label. */
export function shorten(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** Escapes a text for use as content or attribute in XML. */
export function escapeXml(content: string): string {
  const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return content.replaceAll(/[&<>"]/g, (character) => entities[character] ?? character);
}
