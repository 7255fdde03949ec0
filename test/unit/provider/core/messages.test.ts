import { describe, expect, it } from "vitest";
import { fill } from "../../../../provider/core/message-text.ts";
import { hintsOf, insecureHttp, rotated, rotationDue } from "../../../../provider/core/messages.ts";
import { keyFingerprint } from "../../../../provider/deepseek/redact.ts";
import { exampleKey as apiKey } from "../../../support/keys.ts";
import { settingsOf } from "./support/settings.ts";

const fingerprint = keyFingerprint(apiKey);

const settings = (more: object) => settingsOf({ apiKey, displayName: "main", ...more });

const now = Date.parse("2026-11-25T12:00:00Z");

describe("rotationDue", () => {
  it("warns from the day on which the key is rotateAfterDays old, for a date and for a date with time", () => {
    const dueOn = (keyCreatedAt: string) => rotationDue(settings({ keyCreatedAt, rotateAfterDays: 90 }), now);
    expect(dueOn("2026-08-27")?.text).toBe(
      `DeepSeekConnection 'main': the key (fingerprint ${fingerprint}) is 90 days old, and rotateAfterDays is 90. ` +
        "Create a new key at https://platform.deepseek.com/api_keys, then set apiKey and keyCreatedAt.",
    );
    expect(dueOn("2026-08-27T12:00:00+00:00")?.text).toContain("is 90 days old");
    expect(dueOn("2026-08-27T13:00:00Z")).toBeUndefined();
    expect(dueOn("2026-08-28")).toBeUndefined();
  });

  it("does not warn unless both keyCreatedAt and rotateAfterDays are set", () => {
    expect(rotationDue(settings({ keyCreatedAt: "2020-01-01" }), now)).toBeUndefined();
    expect(rotationDue(settings({}), now)).toBeUndefined();
  });

  it("does not link to DeepSeek's page for a key of another service", () => {
    const gateway = { baseUrl: "https://gateway.example", keyCreatedAt: "2026-01-01", rotateAfterDays: 30 };
    expect(rotationDue(settings(gateway), now)?.text).toMatch(/Create a new key, then set apiKey and keyCreatedAt\.$/);
  });
});

describe("insecureHttp", () => {
  it("names the host that gets the key unencrypted, and is absent for https and for this machine", () => {
    expect(insecureHttp("http://gateway:4000/v1")).toEqual({
      code: "http-insecure",
      text: "the key is sent to gateway:4000 by plain http, because allowInsecureHttp is set. Anybody on the way can read it.",
    });
    expect(insecureHttp("https://gateway.example")).toBeUndefined();
    expect(insecureHttp("http://localhost:4000")).toBeUndefined();
  });
});

describe("rotated", () => {
  it("says that the old key must be revoked, and that Pulumi cannot tell when it is safe", () => {
    expect(rotated(settings({}), "aaaaaaaaaaaa").text).toBe(
      `DeepSeekConnection 'main': the new key (fingerprint ${fingerprint}) works and replaces the old key (fingerprint aaaaaaaaaaaa). ` +
        "Once everything that used the old key has the new one, revoke the old key at " +
        "https://platform.deepseek.com/api_keys. Pulumi does not know what still uses it.",
    );
    expect(rotated(settings({ baseUrl: "https://gateway.example" }), "a").text).toContain(
      "revoke the old key where it was created",
    );
  });
});

describe("the hint that a key does not look like a DeepSeek key", () => {
  const verdicts = {
    valid: { kind: "valid" },
    invalid: { kind: "invalid", code: "key-rejected", cause: "It is rejected.", nextStep: "Check it." },
  } as const;
  const codesFor = (odd: string, kind: keyof typeof verdicts, baseUrl = "https://api.deepseek.com") =>
    hintsOf(settings({ apiKey: odd, baseUrl }), { verdict: verdicts[kind], provesKey: kind === "valid" }).map(
      ({ code }) => code,
    );

  it("is given when the service rejects the key", () => {
    expect(codesFor("sk-0123", "invalid")).toEqual(["api-key-unusual"]);
  });

  it.each([
    ["a key of the usual format", apiKey, "invalid", undefined],
    ["a key that the service accepts", "sk-0123", "valid", undefined],
    ["a key for another service", "sk-0123", "invalid", "https://gateway.example"],
  ] as const)("is not given for %s", (_, key, kind, baseUrl) => {
    expect(codesFor(key, kind, baseUrl)).toEqual([]);
  });
});

it("fill replaces placeholders by values, and keeps those without a value", () => {
  expect(fill("‹count› of ‹names›, ‹count›", { count: 2 })).toBe("2 of ‹names›, 2");
  expect(fill("It says it all.")).toBe("It says it all.");
});
