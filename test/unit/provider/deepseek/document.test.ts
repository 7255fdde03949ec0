import { describe, expect, test } from "vitest";
import { parseDocument, parseJson } from "../../../../provider/deepseek/document.ts";

test("JSON is recognized by its content, even after blank lines", () => {
  expect(parseJson('\n\n\n{"a":[1]}\n')).toEqual({ a: [1] });
  for (const text of ["", "\n\n", "<html>", '{"a":']) expect(parseJson(text)).toBeUndefined();
});

test.each([
  [': PROCESSING\n\n: PROCESSING\n\n{"a":1}', { a: 1 }],
  [":\n[1]", [1]],
  [": only a comment\n", undefined],
  ["plain: text\n{}", undefined],
  ["see data: {}", undefined],
  ["database: {}", undefined],
  ["", undefined],
])("comment lines before JSON are skipped: %j", (text, document) => {
  expect(parseDocument(text)).toEqual(document);
});

describe("a stream of events becomes one reply:", () => {
  const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
  const chunk = (delta: object, finish_reason: string | null = null) => ({
    id: "1",
    model: "m",
    choices: [{ index: 0, delta, finish_reason }],
  });

  test("the first event, the choice as it ended, and the last usage", () => {
    const usage = { total_tokens: 2 };
    const text = `: hello\n\n${event(chunk({ role: "assistant" }))}${event(chunk({}, "length"))}${event({ usage })}data: [DONE]\n\n`;
    expect(parseDocument(text)).toMatchObject({
      model: "m",
      usage,
      choices: [{ index: 0, message: {}, finish_reason: "length" }],
    });
  });

  test("lines may end with CR LF, and data may span lines", () => {
    const text = 'event: message\r\ndata: {"choices":\r\ndata: [{"message":{},"finish_reason":"stop"}]}\r\n\r\n';
    expect(parseDocument(text)).toMatchObject({ choices: [{ message: {}, finish_reason: "stop" }] });
  });

  test.each([
    ["the end mark alone", "data: [DONE]\n\n"],
    ["a choice that was cut off", `${event(chunk({ content: "H" }))}data: [DONE]\n\n`],
    ["choices that are not a list", event({ choices: "x" })],
    ["an empty choice", event({ choices: [null] })],
    ["data that is not JSON", "data: hello\n\n"],
    ["data that is null", "data: null\n\n"],
    ["a line of data that ends inside a text", 'data: {"choices":[{"message":{},"finish_reason":"st\ndata: op"}]}\n\n'],
    ["data in another line", 'id: data: {"choices":[{"message":{},"finish_reason":"stop"}]}\n\n'],
  ])("%s leaves no choice", (_, text) => {
    expect(parseDocument(text)).toMatchObject({ choices: [] });
  });

  test.each([
    ["an event with an error", event({ error: { message: "no" } }), { error: { message: "no" } }],
    [
      "an error after a choice",
      event(chunk({}, "stop")) + event({ error: { message: "no" } }),
      { error: { message: "no" } },
    ],
    ["an event named error", 'event: error\ndata: {"message":"no"}\n\n', { error: { message: "no" } }],
    [
      "an event named error with an error in it",
      'event: error\ndata: {"error":{"message":"no"}}\n\n',
      { error: { message: "no" } },
    ],
    ["an event named error with a text", "event: error\ndata: no\n\n", { error: "no" }],
    ["an event named error without spaces", "event:error\ndata:no\n\n", { error: "no" }],
    ["an event named error with spaces", "event:  error \ndata: no\n\n", { error: "no" }],
  ])("%s is a refusal", (_, text, document) => {
    expect(parseDocument(text)).toEqual(document);
  });

  test.each(["event: errors", "event: no error", "id: event: error"])("an event with '%s' is not an error", (line) => {
    const text = `${line}\n${event(chunk({ content: "H" }, "stop"))}`;
    expect(parseDocument(text)).toMatchObject({ choices: [{ message: { content: "H" }, finish_reason: "stop" }] });
  });

  test("a whole message is kept as it is", () => {
    const message = { role: "assistant", content: "H" };
    expect(parseDocument(event({ choices: [{ message, finish_reason: "stop" }] }))).toMatchObject({
      choices: [{ message, finish_reason: "stop" }],
    });
  });

  test("only the first thousand events are read", () => {
    const early = event(chunk({})).repeat(1_000);
    expect(parseDocument(early + event(chunk({}, "stop")))).toMatchObject({ choices: [] });
    expect(parseDocument(event(chunk({})).repeat(999) + event(chunk({}, "stop")))).toMatchObject({
      choices: [{ finish_reason: "stop" }],
    });
  });
});
