import { describe, expect, it } from "vitest";
import { alarmKinds } from "../../../../monitor/alarms/catalog.ts";
import { alarmTexts, runbookAnchor } from "../../../../monitor/alarms/texts.ts";

describe.each(alarmKinds)("the text of '%s'", (kind) => {
  const parts = Object.entries(alarmTexts[kind]);
  const whole = parts.map(([, text]) => text).join(" ");

  it("says what is wrong, why, what to do and how to check", () => {
    expect(parts.map(([part]) => part)).toEqual(["wrong", "cause", "nextStep", "check"]);
  });

  it("leaves room for names and links within the 1,024 characters of an alarm's description", () => {
    expect(whole.length).toBeLessThanOrEqual(350);
  });

  it.each(parts)("has whole sentences in '%s'", (_part, text) => {
    expect(text).toMatch(/^[A-Z`].*\.$/s);
    expect(text.split(/[.:] (?=[A-Z`])/).length).toBeLessThanOrEqual(4);
  });

  it("is plain ASCII, which every pager and SMS can display", () => {
    expect(whole).toMatch(/^[ -~]*$/);
  });

  it("says 'DeepSeek' before each link to a page of DeepSeek, since the base URL may be that of a gateway", () => {
    for (const [, text] of parts) {
      for (const { index } of text.matchAll(/(platform|status|api-docs)\.deepseek\.com/g)) {
        expect(text.slice(0, index)).toMatch(/DeepSeek:/);
      }
    }
  });

  it("contains no threshold and no number of runs, which the user can change", () => {
    expect(whole.replaceAll(/HTTP [\d, or]+/g, "").replaceAll("within 5 minutes", "")).not.toMatch(/\d/);
  });

  it("does not ask for a key in a shell", () => {
    expect(whole).not.toMatch(/curl|DEEPSEEK_API_KEY|get-secret-value/);
  });
});

describe("the texts on a rejected key, insufficient balance and an outage", () => {
  it("an outage: the next step says not to change the keys", () => {
    for (const kind of ["serviceFailing", "serviceDown", "serviceUnstable"] as const) {
      expect(alarmTexts[kind].nextStep).toContain("Do not change the keys");
    }
  });

  it("insufficient balance and a reached limit: the text says that the key works", () => {
    expect(alarmTexts.unfunded.wrong).toContain("The key works");
    expect(alarmTexts.rateLimited.wrong).toContain("the key is not the cause");
  });

  it("says that a top-up also changes the balance", () => {
    expect(alarmTexts.balanceFallsFast.cause).toContain("top-up, which also changes the balance");
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

  it("is different for each alarm", () => {
    expect(new Set(alarmKinds.map(runbookAnchor)).size).toBe(alarmKinds.length);
  });
});
