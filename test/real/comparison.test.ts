import { expect, test } from "vitest";
import { freshKey } from "../support/keys.ts";
import { findLeaks } from "../support/leaks.ts";
import { type ChangeableReply, startChangedSandbox } from "./changed-sandbox.ts";
import { compareWithSandbox } from "./comparison.ts";

interface Compared {
  readonly different: readonly string[];
  readonly harmless: readonly string[];
}

type Change = (call: string, reply: ChangeableReply, key: string) => void;

/** Compares a service that answers like the sandbox, but for a change, with the sandbox. */
async function compare(change: Change = () => {}): Promise<Compared> {
  const key = freshKey();
  await using service = await startChangedSandbox(key, (call, reply) => change(call, reply, key));
  const differences = await compareWithSandbox({ baseUrl: service.url, apiKey: key });
  const linesOf = (isHarmless: boolean) =>
    differences.filter((one) => one.isHarmless === isHarmless).map(({ text }) => text);
  const compared = { different: linesOf(false), harmless: linesOf(true) };
  expect(findLeaks(key, [["differences", JSON.stringify(compared)]])).toEqual([]);
  return compared;
}

/** Changes the successful replies of a call. */
const at =
  (wanted: string, change: (reply: ChangeableReply, key: string) => void): Change =>
  (call, reply, key) => {
    if (call === wanted && reply.status === 200) change(reply, key);
  };

const withoutTrace = (reply: ChangeableReply) => void reply.headers.delete("x-ds-trace-id");

/** Adds fields to the body, or replaces them. */
const withFields = (fields: object) => (reply: ChangeableReply) => {
  reply.body = { ...Object(reply.body), ...fields };
};

test("a service that answers like the sandbox has no differences", async () => {
  expect(await compare()).toEqual({ different: [], harmless: [] });
});

test.concurrent.each<[string, Change, Partial<Compared>]>([
  [
    "a changed type",
    at("GET /user/balance", withFields({ is_available: "yes" })),
    { different: ["GET /user/balance, is_available: sandbox: boolean; service: string"] },
  ],
  [
    "an added field",
    at("POST /chat/completions", withFields({ service_tier: "default" })),
    { harmless: ["POST /chat/completions, service_tier: sandbox: no such field; service: string"] },
  ],
  [
    "a renamed list of models, without which there is no test call",
    at("GET /models", (reply) => {
      const { data, ...rest } = Object(reply.body);
      reply.body = { ...rest, models: data };
    }),
    {
      different: ["GET /models, data: sandbox: array; service: renamed to models"],
      harmless: ["POST /chat/completions, status: sandbox: 200; service: not called: no model"],
    },
  ],
  [
    "a missing trace id",
    at("GET /models", withoutTrace),
    { different: ["GET /models, header x-ds-trace-id: sandbox: present; service: missing"] },
  ],
  [
    "a missing content type",
    at("GET /models", (reply) => void reply.headers.delete("content-type")),
    { different: ["GET /models, header content-type: sandbox: application/json; service: missing"] },
  ],
  [
    "a changed content type",
    at("GET /models", (reply) => void reply.headers.set("content-type", "text/plain")),
    { different: ["GET /models, header content-type: sandbox: application/json; service: text/plain"] },
  ],
  [
    "a content type with a parameter",
    at("GET /models", (reply) => void reply.headers.set("content-type", "application/json; charset=utf-8")),
    {
      harmless: [
        "GET /models, header content-type: sandbox: application/json; service: application/json; charset=utf-8",
      ],
    },
  ],
  [
    "a header that the sandbox does not have",
    at("GET /user/balance", (reply) => void reply.headers.set("retry-after", "7")),
    { harmless: ["GET /user/balance, header retry-after: sandbox: missing; service: seconds"] },
  ],
  [
    "a body that is not JSON",
    at("GET /user/balance", (reply) => void Object.assign(reply, { body: "plenty" })),
    { different: ["GET /user/balance, body: sandbox: JSON; service: not JSON"] },
  ],
  [
    "an error in place of a success, without each of its fields",
    at("GET /user/balance", (reply) => void Object.assign(reply, { status: 503, body: { error: {} } })),
    {
      different: [
        "GET /user/balance, status: sandbox: 200; service: 503 (it may be temporary; its body was not compared)",
      ],
    },
  ],
  [
    "the plain text of a refusal, which is now JSON",
    (_, reply) => {
      if (reply.body === "Authentication Fails (governor)") reply.body = { error: { message: "no key" } };
    },
    { different: ["GET /models without a key, body: sandbox: not JSON; service: JSON"] },
  ],
  [
    "a field and a content type that contain the key, without showing it",
    at("GET /user/balance", (reply, key) => {
      withFields({ [key]: key })(reply);
      reply.headers.set("content-type", `text/${key}`);
    }),
    {
      different: ["GET /user/balance, header content-type: sandbox: application/json; service: [hidden]"],
      harmless: ["GET /user/balance, [hidden]: sandbox: no such field; service: string"],
    },
  ],
])("reports %s", async (_, change, expected) => {
  expect(await compare(change)).toEqual({ different: [], harmless: [], ...expected });
});

test("reports a service that cannot be reached, once for each call", async () => {
  const { url } = await startChangedSandbox(freshKey(), () => {}).then(async (service) => {
    await service[Symbol.asyncDispose]();
    return service;
  });
  const differences = await compareWithSandbox({ baseUrl: url, apiKey: freshKey() });
  expect(differences.map(({ text }) => text)).toContain("GET /models, status: sandbox: 200; service: no answer");
  expect(differences).toHaveLength(6);
});
