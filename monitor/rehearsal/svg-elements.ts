/** The colour of texts. */
export const INK = "#1f2430";

interface TextStyle {
  readonly anchor?: "start" | "middle" | "end";
  readonly colour?: string;
  readonly size?: number;
  readonly weight?: number;
}

/** A text at a point: its anchor on the base line. Lengths are in pixels. */
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

/** To a tenth of a pixel: no eye sees less, and the file stays small. */
export function round(length: number): number {
  return Math.round(length * 10) / 10;
}

/** A value as a label. */
export function shorten(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** A text as content or attribute of XML. */
export function escapeXml(content: string): string {
  const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return content.replaceAll(/[&<>"]/g, (character) => entities[character] ?? character);
}
