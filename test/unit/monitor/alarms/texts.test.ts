import { describe, expect, it } from "vitest";
import { alarmKinds, alarmTexts, runbookAnchor } from "../../../../monitor/alarms/catalog.ts";

describe.each(alarmKinds)("the text of '%s'", (kind) => {
  const parts = Object.entries(alarmTexts[kind]);
  const whole = parts.map(([, text]) => text).join(" ");

  it("says what is wrong, why, what to do and how to check", () => {
    expect(parts.map(([part]) => part)).toEqual(["wrong", "cause", "nextStep", "check"]);
  });

  it("leaves room for names and links within the 1,024 characters of an alarm's description", () => {
    expect(whole.length).toBeLessThanOrEqual(600);
  });

  it.each(parts)("has whole sentences in '%s'", (_part, text) => {
    expect(text).toMatch(/^[A-Z`].*\.$/s);
    expect(text.split(/[.:] (?=[A-Z`])/).length).toBeLessThanOrEqual(4);
  });

  it("is plain ASCII, which a pager or an SMS shows as it is", () => {
    expect(whole).toMatch(/^[ -~]*$/);
  });

  it("says 'DeepSeek' before each page of DeepSeek's, since the base URL may be a gateway's", () => {
    for (const [, text] of parts) {
      for (const { index } of text.matchAll(/(platform|status|api-docs)\.deepseek\.com/g)) {
        expect(text.slice(0, index)).toMatch(/DeepSeek( announces|:)/);
      }
    }
  });

  it("names no threshold and no number of runs: both are the user's to change", () => {
    expect(whole.replaceAll(/HTTP [\d, or]+/g, "").replaceAll("within 5 minutes", "")).not.toMatch(/\d/);
  });

  it("asks for no key in a shell", () => {
    expect(whole).not.toMatch(/curl|DEEPSEEK_API_KEY|get-secret-value/);
  });
});

describe("what tells a bad key, an empty account and an outage apart", () => {
  it("tells nobody to replace a key for an outage", () => {
    for (const kind of ["serviceFailing", "serviceDown", "serviceUnstable"] as const) {
      expect(alarmTexts[kind].nextStep).toContain("Leave the keys alone");
    }
  });

  it("says of an empty account and of a limit that the key works", () => {
    expect(alarmTexts.unfunded.wrong).toContain("The key works");
    expect(alarmTexts.rateLimited.wrong).toContain("the key is not to blame");
  });

  it("says that a top-up moves the balance too", () => {
    expect(alarmTexts.balanceFallsFast.cause).toContain("top-up, which moves the balance too");
  });
});

describe("runbookAnchor", () => {
  it.each([
    ["keyRejected", "key-rejected"],
    ["misconfigured", "model-or-address-refused"],
    ["slow", "slow"],
  ] as const)("is GitHub's for the title of '%s'", (kind, anchor) => {
    expect(runbookAnchor(kind)).toBe(anchor);
  });

  it("is another one for each alarm", () => {
    expect(new Set(alarmKinds.map(runbookAnchor)).size).toBe(alarmKinds.length);
  });
});
