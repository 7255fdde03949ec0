import { readBody } from "../../dist/provider/deepseek/body.js";
import { DeepSeekClient } from "../../dist/provider/deepseek/client.js";
import { parseJson } from "../../dist/provider/deepseek/document.js";
import type { Http } from "../../dist/provider/deepseek/http.js";
import { undiciHttp } from "../../dist/provider/deepseek/http-undici.js";
import { ProbeMemory } from "../../dist/provider/deepseek/probe-memory.js";
import { systemClock } from "../../dist/provider/deepseek/retry.js";
import { sandboxKey } from "../../provider/sandbox/accounts.ts";

/** A reply as the service sent it, without the header's values that change with each call. */
export interface Reply {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly hasTraceId: boolean;
  readonly retryAfter: string | undefined;
  /** The body as JSON; `undefined` if it is not JSON. */
  readonly json: unknown;
}

/** What came of a call: its last reply, no answer at all, or nothing, since the list has no model to call it with. */
export type Answer = Reply | "no answer" | "no model";

interface Service {
  readonly baseUrl: string;
  readonly apiKey: string;
}

/** Each call of the product, and the refusals that say most to users. */
export const callNames = [
  "GET /models",
  "GET /user/balance",
  "POST /chat/completions",
  "GET /models with a wrong key",
  "GET /models without a key",
  "POST /chat/completions with an unknown model",
] as const;

export type Answers = Readonly<Record<(typeof callNames)[number], Answer>>;

/** A key that no account has. */
const wrongKey = sandboxKey("a key that no account has");

const unknownModel = "no-such-model";

/** Makes each call once, with the product's own client: it sends what the product sends, and retries as the product does. */
export async function askAll(service: Service): Promise<Answers> {
  let model: string | undefined;
  const list = await ask(service, async (client) => {
    const outcome = await client.models();
    if (outcome.type === "reply") model = outcome.reply[0]?.id;
  });
  const chosen = model;
  return {
    "GET /models": list,
    "GET /user/balance": await ask(service, (client) => client.balance()),
    "POST /chat/completions": chosen === undefined ? "no model" : await ask(service, (client) => client.chat(chosen)),
    "GET /models with a wrong key": await ask({ ...service, apiKey: wrongKey }, (client) => client.models()),
    "GET /models without a key": await ask(service, (client) => client.guardsModels()),
    "POST /chat/completions with an unknown model": await ask(service, (client) => client.chat(unknownModel)),
  };
}

/** The last reply to a call: those before it were temporary, and the call was repeated. */
async function ask(service: Service, call: (client: DeepSeekClient) => Promise<unknown>): Promise<Answer> {
  let last: Answer = "no answer";
  const http: Http = async (request) => {
    last = "no answer";
    const response = await undiciHttp(request);
    const body = await readBody(response);
    const text = body.type === "text" ? body.text : "";
    last = {
      status: response.status,
      contentType: response.header("content-type"),
      hasTraceId: response.header("x-ds-trace-id") !== undefined,
      retryAfter: response.header("retry-after"),
      json: parseJson(text),
    };
    // The body was decompressed, if it was compressed.
    const header = (name: string) => (name === "content-encoding" ? undefined : response.header(name));
    return { ...response, header, body: bytesOf(text) };
  };
  const options = { ...service, http, timeoutMs: 60_000, maxAttempts: 3, record: () => {}, clock: systemClock };
  await call(new DeepSeekClient({ ...options, memory: new ProbeMemory() }));
  return last;
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
