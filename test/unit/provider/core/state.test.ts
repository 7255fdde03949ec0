import { describe, expect, it } from "vitest";
import {
  carriedOver,
  differenceOf,
  parseState,
  refreshed,
  type StoredConnection,
  verifiedState,
} from "../../../../provider/core/state.ts";
import { exampleKey } from "../../../support/keys.ts";
import { settingsOf } from "./support/settings.ts";

const inputs = { apiKey: exampleKey, displayName: "main" };
const stored: StoredConnection = {
  ...inputs,
  baseUrl: "https://api.deepseek.com",
  defaultModel: "deepseek-flash",
  models: [{ id: "deepseek-flash" }, { id: "deepseek-v4-pro" }],
  status: "valid",
  keyFingerprint: "0123456789ab",
  openai: { apiKey: inputs.apiKey, baseURL: "https://api.deepseek.com" },
};

describe("a healthy connection", () => {
  it.each([
    ["nothing changed", {}],
    ["a default is spelled out", { verify: "standard", maxAttempts: 3 }],
    ["the base URL gets a trailing slash", { baseUrl: "https://api.deepseek.com/" }],
    ["the key gets a leading space", { apiKey: ` ${inputs.apiKey}` }],
    ["defaultModel is set to the chosen model", { defaultModel: "deepseek-flash" }],
  ])("is not updated when %s", (_, change) => {
    expect(differenceOf(stored, settingsOf({ ...inputs, ...change })).hasChanges).toBe(false);
  });

  it.each([
    ["the key", { apiKey: "sk-ffffffffffffffffffffffffffffffff" }],
    ["the base URL", { baseUrl: "https://gateway.example" }],
    ["the allowed models", { allowedModels: ["deepseek-flash"] }],
    ["the default model", { defaultModel: "deepseek-v4-pro" }],
    ["the strictness", { verify: "strict" }],
    ["the test call", { testCall: "models" }],
  ])("is verified again when %s changes", (_, change) => {
    const changed = settingsOf({ ...inputs, ...change });
    expect(differenceOf(stored, changed).hasChanges).toBe(true);
    expect(differenceOf(stored, changed).needsVerification).toBe(true);
  });

  it.each([
    ["the name", { displayName: "other" }],
    ["the deadline", { timeoutSeconds: 5 }],
    ["the number of attempts", { maxAttempts: 1 }],
    ["the key's date", { keyCreatedAt: "2026-11-25" }],
    ["rotateAfterDays", { keyCreatedAt: "2026-11-25", rotateAfterDays: 90 }],
  ])("is updated without a verification when %s changes", (_, change) => {
    const changed = settingsOf({ ...inputs, ...change });
    expect(differenceOf(stored, changed).hasChanges).toBe(true);
    expect(differenceOf(stored, changed).needsVerification).toBe(false);
  });

  it("is verified again when the service no longer lists the model that was chosen", () => {
    const offer = { ...stored, models: [{ id: "deepseek-v4-pro" }] };
    expect(differenceOf(offer, settingsOf(inputs)).needsVerification).toBe(true);
  });

  it("keeps an alias that the user set, listed or not", () => {
    const alias = { ...stored, defaultModel: "deepseek-v4-flash" };
    expect(differenceOf(alias, settingsOf({ ...inputs, defaultModel: "deepseek-v4-flash" })).needsVerification).toBe(
      false,
    );
  });

  it("is verified again when its stored inputs cannot be parsed", () => {
    expect(differenceOf({ ...stored, maxAttempts: 99 }, settingsOf(inputs)).needsVerification).toBe(true);
  });

  it("is verified again when another version of the package stored it in a different form", () => {
    expect(parseState({ ...stored, models: "none" })).toBeUndefined();
    expect(parseState(stored)).toBe(stored);
    expect(differenceOf(undefined, settingsOf(inputs)).hasChanges).toBe(true);
    expect(differenceOf(undefined, settingsOf(inputs)).needsVerification).toBe(true);
  });
});

describe("an unhealthy connection", () => {
  it.each(["invalid", "unfunded", "misconfigured", "unverified"] as const)("is verified again: %s", (status) => {
    expect(differenceOf({ ...stored, status }, settingsOf(inputs)).hasChanges).toBe(true);
  });

  it("is not updated with verify: none once it is stored as unverified", () => {
    const none = settingsOf({ ...inputs, verify: "none" });
    const olds = { ...stored, verify: "none", models: [] };
    expect(differenceOf({ ...olds, status: "unverified" }, none).hasChanges).toBe(false);
    expect(differenceOf({ ...olds, status: "valid" }, none).hasChanges).toBe(true);
  });

  it("is not updated with testCall: models once it is stored as unverified, because that would prove no more", () => {
    const olds: StoredConnection = { ...stored, testCall: "models", status: "unverified", statusReason: "No proof." };
    const settings = settingsOf({ ...inputs, testCall: "models" });
    expect(differenceOf(olds, settings).hasChanges).toBe(false);
    expect(differenceOf(olds, settings).needsVerification).toBe(false);
    for (const status of ["invalid", "unfunded", "misconfigured"] as const) {
      expect(differenceOf({ ...olds, status }, settings).hasChanges).toBe(true);
    }
    expect(differenceOf(olds, settingsOf({ ...inputs, testCall: "chat" })).needsVerification).toBe(true);
  });
});

it("an account with insufficient balance, whose models could not be listed, is stored with allowedModels", () => {
  const inputs = { apiKey: exampleKey, displayName: "main", allowedModels: ["a", "b"] };
  const verdict = {
    kind: "unfunded",
    code: "balance-insufficient",
    cause: "It is empty.",
    nextStep: "Top it up.",
  } as const;
  expect(verifiedState(inputs, settingsOf(inputs), { verdict, provesKey: true }, Date.UTC(2026, 10, 26))).toMatchObject(
    {
      models: [{ id: "a" }, { id: "b" }],
      defaultModel: "a",
      status: "unfunded",
      statusReason: "It is empty. Top it up.",
      verifiedAt: "2026-11-26T00:00:00.000Z",
    },
  );
});

it("a connection about which nothing was learned is stored as unverified", () => {
  const verdict = { kind: "indeterminate", code: "timed-out", cause: "It is slow.", nextStep: "Wait." } as const;
  expect(verifiedState(inputs, settingsOf(inputs), { verdict, provesKey: false }, 0)).toMatchObject({
    status: "unverified",
    statusReason: "It is slow. Wait.",
  });
});

it("a refresh that proves nothing stores the status unverified with the reason, and never the status valid", () => {
  const verdict = {
    kind: "unverified",
    code: "key-unproven",
    cause: "The list proves nothing.",
    nextStep: "Set testCall.",
    call: "models",
  } as const;
  const findings = { models: [{ id: "new" }], defaultModel: "deepseek-flash", balances: [] };
  for (const status of ["valid", "unverified", "invalid"] as const) {
    expect(refreshed({ ...stored, status }, { verdict, provesKey: false, findings })).toEqual({
      ...stored,
      models: [{ id: "new" }],
      status: "unverified",
      statusReason: "The list proves nothing. Set testCall.",
    });
  }
});

it("a refresh that finds a wrong input keeps the models, since the service may not have listed any", () => {
  const verdict = { kind: "misconfigured", code: "model-refused", cause: "No.", nextStep: "Check it." } as const;
  const findings = { models: [{ id: "deepseek-flash" }], defaultModel: "deepseek-flash", balances: [] };
  expect(refreshed(stored, { verdict, provesKey: false, findings }).models).toEqual(stored.models);
});

it("an update without verification keeps everything that the last verification found, and adds nothing", () => {
  const found = {
    ...stored,
    statusReason: "It proved nothing.",
    verifiedAt: "2026-11-26T00:00:00.000Z",
    servedModel: "deepseek-v4",
    systemFingerprint: "fp",
  };
  const renamed = { ...inputs, displayName: "other" };
  for (const previous of [stored, found]) {
    expect(carriedOver(previous, renamed, settingsOf(renamed))).toEqual({
      ...previous,
      displayName: "other",
      keyFingerprint: expect.any(String),
      openai: { ...previous.openai, model: "deepseek-flash" },
    });
  }
});
