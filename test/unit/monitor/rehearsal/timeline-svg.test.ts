import { describe, expect, it } from "vitest";
import { rehearse, renderSvg, type ScenarioName } from "../../../../monitor/rehearsal/index.ts";

/** Throws if a text is not well-formed XML. It supports what the drawing uses: elements, quoted attributes, entities. */
function elementsOf(xml: string): string[] {
  const open: string[] = [];
  const seen: string[] = [];
  const tag = /<(\/?)([a-z]+)((?: [a-zA-Z0-9-]+="[^"<&]*(?:&(?:amp|lt|gt|quot);[^"<&]*)*")*)(\/?)>/y;
  let position = 0;
  while (position < xml.length) {
    if (xml[position] !== "<") {
      const text = xml.slice(position, xml.indexOf("<", position) === -1 ? undefined : xml.indexOf("<", position));
      if (/[<>]|&(?!(?:amp|lt|gt|quot);)/.test(text)) throw new Error(`Not well-formed: ${text}`);
      position += text.length;
      continue;
    }
    tag.lastIndex = position;
    const match = tag.exec(xml);
    if (match === null) throw new Error(`Not well-formed: ${xml.slice(position, position + 80)}`);
    const [whole, closing, name = "", , selfClosing] = match;
    if (closing === "/" && open.pop() !== name) throw new Error(`'${name}' is closed and was not open`);
    if (closing === "" && selfClosing === "") open.push(name);
    if (closing === "") seen.push(name);
    position += whole.length;
  }
  if (open.length > 0) throw new Error(`Never closed: ${open.join(", ")}`);
  return seen;
}

describe.each<ScenarioName>(["key-revoked", "long-outage", "leaked-key", "schedule-stops", "quiet"])(
  "the drawing of '%s'",
  (scenario) => {
    it("is well-formed, with the gauges and a bar for each state of an alarm", async () => {
      const timeline = await rehearse(scenario);
      const svg = renderSvg(timeline);
      const elements = elementsOf(svg.trim());
      expect(elements[0]).toBe("svg");
      expect(elements).toContain("path");
      expect(svg).not.toContain("NaN");
      for (const { alarm, minute } of timeline.messages) {
        const title = timeline.alarms.find(({ name }) => name === alarm)?.definition.title;
        expect(svg).toMatch(new RegExp(`${title} \\((page|ticket)\\): [A-Z_]+ from minute ${minute}<`));
      }
      for (const { what } of timeline.happenings) expect(svg).toContain(what.replaceAll("'", "'"));
    });
  },
);

describe("a gauge that was not written", () => {
  it("has a gap, not a line", async () => {
    const svg = renderSvg(await rehearse("key-revoked-before-outage"));
    const path = svg.match(/<path d="([^"]*)"/)?.[1] ?? "";
    expect(path.match(/M/g)).toHaveLength(2);
  });
});

describe("a drawing of many connections", () => {
  it("shows only the gauges whose alarm fires", async () => {
    const svg = renderSvg(await rehearse("key-revoked", { connections: 10 }));
    expect(svg.match(/<path/g)).toHaveLength(1);
    expect(svg).toContain("Connection connection-1");
  });
});
