import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { folder, makePictures } from "../pictures/pictures.ts";

let made: ReadonlyMap<string, string>;
beforeAll(async () => {
  made = await makePictures(inject("engine"));
});

const kept = (name: string) => readFileSync(new URL(name, folder), "utf8");

/** The drawn text under 'Diagnostics'. The other lines depend on Pulumi's version. */
function diagnostics(svg: string): string {
  const [, after = ""] = svg.split("Diagnostics:");
  return after.split("Resources:")[0] ?? "";
}

describe("the pictures of the documentation", () => {
  it.each(["dashboard.svg", "rehearsal.svg"])("%s is up to date; if not, run 'npm run pictures'", (name) => {
    expect(kept(name)).toBe(made.get(name));
  });

  it("preview.svg is up to date, in colour; if not, run 'npm run pictures'", () => {
    const svg = kept("preview.svg");
    expect(diagnostics(svg)).toContain("api.deepseek.com rejects this API key (HTTP 401, confirmed by a second call)");
    expect(diagnostics(svg)).toMatch(/fill="#ff7b72">error:/);
    expect(diagnostics(svg)).toBe(diagnostics(made.get("preview.svg") ?? ""));
  });

  it.each(["preview.svg", "dashboard.svg", "rehearsal.svg"])(
    "%s is small, has its own background, and contains nothing about the machine that drew it",
    (name) => {
      const svg = kept(name);
      expect(Buffer.byteLength(svg)).toBeLessThan(60_000);
      expect(svg).toMatch(/<svg [^>]*role="img">\n<title>[^<]+<\/title>\n<rect width="\d+" height="\d+" /);
      expect(svg).not.toMatch(/\/(tmp|home|Users|root)\/|file:|127\.0\.0\.1|sk-|NaN/);
    },
  );
});
