import { describe, expect, test } from "vitest";
import { balanceReply, billedTokens, chatReply, modelsReply } from "../../../../provider/deepseek/replies.ts";
import * as bodies from "../../../../provider/sandbox/recorded-bodies.ts";

describe("a list of models", () => {
  test("is read in the service's order, with the fields of each model", () => {
    expect(modelsReply.parse(bodies.modelList)).toEqual([
      {
        id: "deepseek-flash",
        name: "DeepSeek-V4.1-Flash",
        contextWindow: 1_048_576,
        maxOutputTokens: 393_216,
        inputModalities: ["text", "image"],
        outputModalities: ["text"],
      },
      {
        id: "deepseek-v4-pro",
        name: "DeepSeek-V4-Pro",
        contextWindow: 1_048_576,
        maxOutputTokens: 393_216,
        inputModalities: ["text"],
        outputModalities: ["text"],
      },
    ]);
  });

  test("needs only an id for each model", () => {
    expect(modelsReply.parse(bodies.gatewayList(["deepseek-flash", "deepseek-v4-pro"]))).toEqual([
      { id: "deepseek-flash" },
      { id: "deepseek-v4-pro" },
    ]);
  });

  test.each([
    { name: 7 },
    { name: "\u0000\n" },
    { context_window: "1048576" },
    { context_window: 0 },
    { context_window: 1.5 },
    { max_output_tokens: null },
    { input_modalities: "text" },
    { input_modalities: [7] },
    { output_modalities: Array(21).fill("text") },
  ])("omits a field that is not as documented: %j", (field) => {
    expect(modelsReply.parse({ data: [{ id: "m", ...field }] })).toEqual([{ id: "m" }]);
  });

  test("makes names printable and limits their length", () => {
    const [model] = modelsReply.parse({ data: [{ id: "m", name: `a\u001b[1m\n${"b".repeat(200)}` }] });
    expect(model?.name).toBe(`a [1m ${"b".repeat(121)}…`);
  });

  test("omits entries without an id that can be sent back and printed", () => {
    const data = [
      "m",
      null,
      [],
      {},
      { id: 7 },
      { id: "" },
      { id: " a" },
      { id: "a  b" },
      { id: "a\n" },
      { id: "\u202ea" },
    ];
    const long = "é x/".repeat(50);
    expect(modelsReply.parse({ data: [...data, { id: `${long}x` }, { id: long }] })).toEqual([{ id: long }]);
  });

  test("may be a bare list, as some gateways send it", () => {
    expect(modelsReply.parse([{ id: "a" }, { id: "b/c d" }])).toEqual([{ id: "a" }, { id: "b/c d" }]);
    expect(modelsReply.parse([])).toEqual([]);
  });

  test.each([{}, null, "x", { data: {} }, { data: null }])("is not %j", (json) => {
    expect(modelsReply.safeParse(json).success).toBe(false);
  });
});

describe("a list that is longer than any real one is not parsed", () => {
  test("of models", () => {
    const data = Array.from({ length: 5_001 }, (_, index) => ({ id: `m${index}` }));
    expect(modelsReply.safeParse({ data }).success).toBe(false);
    expect(modelsReply.parse({ data: data.slice(1) })).toHaveLength(5_000);
  });

  test("of choices and of modalities", () => {
    expect(chatReply.safeParse({ choices: Array(21).fill({ message: {} }) }).success).toBe(false);
    const model = { id: "a", input_modalities: Array(21).fill("text") };
    expect(modelsReply.parse({ data: [model] })).toEqual([{ id: "a" }]);
  });
});

describe("a balance", () => {
  const amountsIn = (balance_infos: unknown) => balanceReply.parse({ is_available: true, balance_infos }).balance_infos;

  test("is read with its currencies and amounts", () => {
    expect(balanceReply.parse(bodies.emptyBalance)).toEqual({
      is_available: false,
      balance_infos: [{ currency: "USD", amount: 0 }],
    });
    expect(
      amountsIn([
        { currency: "CNY", total_balance: "110.05", granted_balance: "10.00" },
        { currency: "USD", total_balance: "-3" },
      ]),
    ).toEqual([
      { currency: "CNY", amount: 110.05 },
      { currency: "USD", amount: -3 },
    ]);
  });

  test.each([undefined, null, "110.00", {}, Array(21).fill({ currency: "USD", total_balance: "1" })])(
    "says whether it is sufficient, even with unusable amounts: %j",
    (infos) => {
      expect(balanceReply.parse({ is_available: true, balance_infos: infos })).toEqual({
        is_available: true,
        balance_infos: [],
      });
    },
  );

  test.each([
    null,
    7,
    {},
    { currency: "usd", total_balance: "1" },
    { currency: "DOLLAR", total_balance: "1" },
    { currency: "USD" },
    { currency: "USD", total_balance: 1 },
    { currency: "USD", total_balance: "" },
    { currency: "USD", total_balance: "1e3" },
    { currency: "USD", total_balance: "Infinity" },
    { currency: "USD", total_balance: "1,000.00" },
    { currency: "USD", total_balance: "1234567890123" },
  ])("omits an entry that is not as documented: %j", (info) => {
    expect(amountsIn([info, { currency: "CNY", total_balance: "1" }])).toEqual([{ currency: "CNY", amount: 1 }]);
  });

  test("accepts only DeepSeek's two currencies, since each one adds a metric", () => {
    const infos = ["CNY", "EUR", "USD", "usd", "__proto__"].map((currency) => ({ currency, total_balance: "1" }));
    expect(amountsIn(infos).map(({ currency }) => currency)).toEqual(["CNY", "USD"]);
  });

  test("accepts twenty entries", () => {
    expect(amountsIn(Array(20).fill({ currency: "USD", total_balance: "1" }))).toHaveLength(20);
  });

  test("is refused if it does not say whether it is sufficient", () => {
    expect(balanceReply.safeParse({ is_available: "true" }).success).toBe(false);
  });
});

describe("a chat's reply", () => {
  test("proves that inference works if it has a choice with a message, whatever that contains", () => {
    expect(chatReply.parse({ choices: [{ message: {} }] })).toEqual({ choices: [{ message: {} }] });
    expect(chatReply.safeParse({ choices: [{}] }).success).toBe(false);
    expect(chatReply.safeParse({ choices: [] }).success).toBe(false);
    expect(chatReply.safeParse({ choices: [null] }).success).toBe(false);
    expect(chatReply.safeParse({}).success).toBe(false);
  });

  test("names the model that served it and its configuration, if they are as documented", () => {
    const choices = [{ message: {}, finish_reason: 7 }];
    expect(chatReply.parse({ choices, model: "m\u0007", system_fingerprint: null })).toEqual({
      choices: [{ message: {} }],
      model: "m",
    });
  });
});

test("billed tokens are read from the reply if it states them", () => {
  expect(billedTokens({ usage: { total_tokens: 10 } })).toBe(10);
  for (const reply of [undefined, null, {}, { usage: null }, { usage: { total_tokens: "10" } }]) {
    expect(billedTokens(reply)).toBeUndefined();
  }
});
