import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { sandboxKey } from "../../../provider/sandbox/accounts.ts";
import { type ScenarioName, scenarioNames } from "../../../provider/sandbox/scenarios.ts";
import { type Exchange, type Sandbox, type SandboxOptions, startSandbox } from "../../../provider/sandbox/server.ts";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ slowMs: 300 });
});
beforeEach(() => sandbox.clearRequests());
afterAll(() => sandbox.close());

const probe = {
  model: "deepseek-flash",
  messages: [{ role: "user", content: "Hi" }],
  max_tokens: 1,
  thinking: { type: "disabled" },
};

/** A client of the sandbox with one key. */
class Client {
  readonly key: string;
  readonly #url: string;
  constructor(key: string, url = sandbox.url) {
    this.key = key;
    this.#url = url;
  }
  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { authorization: `Bearer ${this.key}` };
    return fetch(this.#url + path, { redirect: "manual", headers, ...init });
  }
  models = (init?: RequestInit) => this.fetch("/models", init);
  balance = (init?: RequestInit) => this.fetch("/user/balance", init);
  chat = (change: object = {}, init: RequestInit = {}) =>
    this.fetch("/chat/completions", { ...init, method: "POST", body: JSON.stringify({ ...probe, ...change }) });
  /** The statuses of the three calls: models, balance, chat. */
  async statuses(): Promise<number[]> {
    const responses = await Promise.all([this.models(), this.balance(), this.chat()]);
    await Promise.all(responses.map((response) => response.arrayBuffer()));
    return responses.map(({ status }) => status);
  }
}

/** The parsed body, with a type that allows access at any depth. */
const bodyOf = async (response: Promise<Response>): Promise<ReturnType<typeof JSON.parse>> => (await response).json();
const messageOf = async (response: Promise<Response>): Promise<string> => (await bodyOf(response)).error.message;

const uuid = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
const unsupported = "The supported API model names are";

const behaviours: readonly [ScenarioName, string, (client: Client) => Promise<void>][] = [
  [
    "good",
    "lists the models, reports a balance and answers a chat",
    async (client) => {
      const { data } = await bodyOf(client.models());
      expect(data.map(({ id }: { id: string }) => id)).toEqual(["deepseek-flash", "deepseek-v4-pro"]);
      expect(data[0]).toMatchObject({ context_window: 1_048_576, input_modalities: ["text", "image"] });
      expect(data[0]).not.toHaveProperty("created");
      expect(await bodyOf(client.balance())).toMatchObject({ is_available: true });
      const [choice] = (await bodyOf(client.chat())).choices;
      expect(choice).toMatchObject({ message: { content: "OK" }, finish_reason: "stop" });
    },
  ],
  [
    "wrong-key",
    "refuses the key and echoes its last four characters",
    async (client) => {
      expect(await client.statuses()).toEqual([401, 401, 401]);
      const expected = `^Authentication Fails, Your api key: \\*{4}${client.key.slice(-4)} is invalid \\(request_id: ${uuid}\\)$`;
      expect(await messageOf(client.models())).toMatch(new RegExp(expected));
    },
  ],
  [
    "wrong-key-plain",
    "refuses the key in plain text without a content type",
    async (client) => {
      expect(await client.statuses()).toEqual([401, 401, 401]);
      const response = await client.balance();
      expect(response.headers.has("content-type")).toBe(false);
      expect(await response.text()).toBe("Authentication Fails (governor)");
    },
  ],
  [
    "unfunded",
    "reports insufficient balance and refuses a chat",
    async (client) => {
      expect(await client.statuses()).toEqual([200, 200, 402]);
      expect(await bodyOf(client.balance())).toMatchObject({ is_available: false });
      expect(await messageOf(client.chat())).toBe("Insufficient Balance");
    },
  ],
  [
    "unfunded-chat",
    "reports a sufficient balance but refuses a chat",
    async (client) => {
      expect(await client.statuses()).toEqual([200, 200, 402]);
      expect(await bodyOf(client.balance())).toMatchObject({ is_available: true });
    },
  ],
  [
    "retired-model",
    "refuses a chat and lists the other models",
    async (client) => {
      expect(await client.statuses()).toEqual([200, 200, 400]);
      expect(await messageOf(client.chat())).toBe(`${unsupported} deepseek-v4-pro, but you passed deepseek-flash.`);
    },
  ],
  [
    "model-denied",
    "refuses a chat, as LiteLLM does if the key may not use the model",
    async (client) => {
      expect(await client.statuses()).toEqual([200, 200, 403]);
      expect(await bodyOf(client.chat())).toMatchObject({ error: { type: "key_model_access_denied" } });
    },
  ],
  [
    "unprocessable",
    "cannot read a chat",
    async (client) => {
      expect(await client.statuses()).toEqual([200, 200, 422]);
      expect(await messageOf(client.chat())).toMatch(/^Failed to deserialize the JSON body/);
    },
  ],
  [
    "rate-limited",
    "always answers 429, without Retry-After",
    async (client) => {
      expect(await client.statuses()).toEqual([429, 429, 429]);
      expect(await client.statuses()).toEqual([429, 429, 429]);
      expect((await client.models()).headers.has("retry-after")).toBe(false);
    },
  ],
  [
    "rate-limited-retry-after",
    "answers 429 once for each call, with Retry-After",
    async (client) => {
      expect((await client.models()).headers.get("retry-after")).toBe("1");
      expect(await client.statuses()).toEqual([200, 429, 429]);
      expect(await client.statuses()).toEqual([200, 200, 200]);
    },
  ],
  [
    "overloaded",
    "always answers 503",
    async (client) => {
      expect(await client.statuses()).toEqual([503, 503, 503]);
      expect(await client.statuses()).toEqual([503, 503, 503]);
      expect(await messageOf(client.chat())).toMatch(/^Service is too busy/);
    },
  ],
  [
    "overloaded-then-well",
    "answers 503 once for each call, counting /v1 as the same call",
    async (client) => {
      expect((await client.fetch("/v1/models")).status).toBe(503);
      expect(await client.statuses()).toEqual([200, 503, 503]);
      expect(await client.statuses()).toEqual([200, 200, 200]);
    },
  ],
  ["server-error", "answers 500", async (client) => expect(await client.statuses()).toEqual([500, 500, 500])],
  [
    "false-401",
    "answers 401 once for each call",
    async (client) => {
      expect(await client.statuses()).toEqual([401, 401, 401]);
      expect(await client.statuses()).toEqual([200, 200, 200]);
    },
  ],
  ["forbidden", "answers 403", async (client) => expect(await client.statuses()).toEqual([403, 403, 403])],
  [
    "not-found",
    "answers 404 with an error_msg",
    async (client) => {
      expect(await client.statuses()).toEqual([404, 404, 404]);
      const expected = { error_msg: "Not Found. Please check the configuration." };
      expect(await bodyOf(client.models())).toEqual(expected);
    },
  ],
  [
    "keep-alive-then-answer",
    "sends the headers immediately, then blank lines, then the answer",
    async (client) => {
      const response = await client.chat();
      const headersAt = performance.now();
      const body = await response.text();
      expect(performance.now() - headersAt).toBeGreaterThan(100);
      expect(body).toMatch(/^\n{2,}\{/);
      expect(JSON.parse(body).choices).toHaveLength(1);
    },
  ],
  [
    "keep-alive-forever",
    "sends blank lines until the client disconnects",
    async (client) => {
      const response = await client.models({ signal: AbortSignal.timeout(400) });
      expect(response.status).toBe(200);
      let received = "";
      const read = async () => {
        for await (const chunk of response.body ?? []) received += Buffer.from(chunk).toString();
      };
      await expect(read()).rejects.toThrow(/timeout/);
      expect(received).toMatch(/^\n{3,}$/);
    },
  ],
  [
    "blank",
    "answers 200 with only newlines",
    async (client) => {
      expect(await client.statuses()).toEqual([200, 200, 200]);
      expect(await (await client.chat()).text()).toMatch(/^\n+$/);
    },
  ],
  [
    "not-json",
    "answers 200 with a web page",
    async (client) => {
      const response = await client.models();
      expect(response.headers.get("content-type")).toMatch(/^text\/html/);
      expect(await response.text()).toMatch(/^<!doctype html>/);
    },
  ],
  [
    "wrong-content-type",
    "labels good answers as application/octet-stream",
    async (client) => {
      const response = await client.models();
      expect(response.headers.get("content-type")).toBe("application/octet-stream");
      expect((await bodyOf(client.models())).data).toHaveLength(2);
    },
  ],
  [
    "slow",
    "gives a good answer after a long wait",
    async (client) => {
      await expect(client.models({ signal: AbortSignal.timeout(150) })).rejects.toThrow(/timeout/);
      expect(await client.statuses()).toEqual([200, 200, 200]);
    },
  ],
  [
    "stalled-body",
    "sends half of the answer and then nothing",
    async (client) => {
      const response = await client.models({ signal: AbortSignal.timeout(200) });
      expect(response.status).toBe(200);
      await expect(response.text()).rejects.toThrow(/timeout/);
    },
  ],
  [
    "reset",
    "resets the connection before an answer",
    async (client) => {
      await expect(client.models()).rejects.toMatchObject({ cause: { code: "ECONNRESET" } });
      await expect(client.chat()).rejects.toThrow(/fetch failed/);
    },
  ],
  [
    "reset-mid-body",
    "ends the connection in the middle of the answer",
    async (client) => {
      const response = await client.models();
      expect(response.status).toBe(200);
      await expect(response.text()).rejects.toThrow(/terminated/);
    },
  ],
  [
    "huge",
    "sends a huge body and stops when the client disconnects",
    async (client) => {
      const response = await client.models();
      let received = 0;
      for await (const chunk of response.body ?? []) {
        received += chunk.length;
        if (received > 8 * 1024 * 1024) break;
      }
      expect(received).toBeGreaterThan(8 * 1024 * 1024);
    },
  ],
  [
    "redirect",
    "redirects to another origin and records requests there",
    async (client) => {
      const response = await client.chat();
      const elsewhere = `http://localhost:${sandbox.port}/elsewhere`;
      expect([response.status, response.headers.get("location")]).toEqual([307, elsewhere]);
      await fetch(elsewhere, { headers: { authorization: "Bearer stolen" } });
      expect(sandbox.requests.at(-1)).toMatchObject({ path: "/elsewhere", authorization: "Bearer stolen" });
      expect((await client.models({ redirect: "follow" })).status).toBe(200);
      expect(sandbox.requests.at(-1)).toMatchObject({ path: "/elsewhere", authorization: undefined });
    },
  ],
  [
    "no-capacity",
    "answers a chat with 200 and finish_reason insufficient_system_resource",
    async (client) => {
      const { choices } = await bodyOf(client.chat());
      expect(choices).toMatchObject([{ finish_reason: "insufficient_system_resource" }]);
    },
  ],
  [
    "empty-choices",
    "answers a chat without a choice",
    async (client) => expect(await bodyOf(client.chat())).toMatchObject({ choices: [] }),
  ],
  [
    "no-models",
    "lists no model",
    async (client) => expect(await bodyOf(client.models())).toEqual({ object: "list", data: [] }),
  ],
  [
    "no-list",
    "has neither a list of models nor a balance, and chats",
    async (client) => {
      expect(await client.statuses()).toEqual([404, 404, 200]);
      expect(await bodyOf(client.models())).toEqual({ detail: "Not Found" });
    },
  ],
  [
    "gateway",
    "has no balance call and refuses the field 'thinking'",
    async (client) => {
      expect(await client.statuses()).toEqual([200, 404, 400]);
      expect((await bodyOf(client.models())).data[0]).toHaveProperty("created");
      expect(await messageOf(client.chat())).toMatch(/UnsupportedParamsError.*thinking/);
      expect((await client.chat({ thinking: undefined })).status).toBe(200);
    },
  ],
  [
    "echoing",
    "echoes the key, terminal escapes and a very long text",
    async (client) => {
      expect(await client.statuses()).toEqual([503, 503, 400]);
      const message = await messageOf(client.chat());
      expect(message).toContain(client.key);
      expect(message).toContain(Buffer.from(client.key).toString("base64"));
      expect(message).toContain("\u001b[31m");
      expect(message.length).toBeGreaterThan(100_000);
    },
  ],
];

describe("a scenario", () => {
  test("each has a test in this file", () => {
    expect(behaviours.map(([scenario]) => scenario)).toEqual(scenarioNames);
  });

  test.each(behaviours)("'%s' %s", async (scenario, _, check) => {
    const client = new Client(sandboxKey(scenario));
    sandbox.use(client.key, scenario);
    await check(client);
    // Nothing may continue for a client that has disconnected.
    await vi.waitFor(() => {
      sandbox.clearRequests();
      expect(sandbox.maxInFlight).toBe(0);
    });
  });

  const chatsWell: ScenarioName[] = [
    "good",
    "no-models",
    "no-list",
    "wrong-content-type",
    "slow",
    "keep-alive-then-answer",
  ];
  test.each([...chatsWell, "no-capacity", "empty-choices"] as const)("'%s' refuses unknown models", async (name) => {
    const client = new Client(sandboxKey("unknown models"));
    sandbox.use(client.key, name);
    for (const model of ["deepseek-chat", "deepseek-reasoner", "gpt-9"]) {
      const response = client.chat({ model });
      expect((await response).status).toBe(400);
      const supported = `${unsupported} deepseek-flash, deepseek-v4-pro`;
      expect(await messageOf(response)).toBe(`${supported}, but you passed ${model}.`);
    }
  });
});

describe("a successful chat", () => {
  const client = () => {
    sandbox.use(sandboxKey("chat"), "good");
    return new Client(sandboxKey("chat"));
  };

  test("with an alias is served by the model behind it", async () => {
    expect(await bodyOf(client().chat({ model: "deepseek-v4-flash" }))).toMatchObject({ model: "deepseek-flash" });
    expect(await bodyOf(client().chat({ model: "deepseek-v4-pro" }))).toMatchObject({ model: "deepseek-v4-pro" });
  });

  test("is empty if thinking uses up the few allowed tokens", async () => {
    const { choices, usage } = await bodyOf(client().chat({ thinking: undefined, max_tokens: 8 }));
    expect(choices).toMatchObject([{ message: { content: "" }, finish_reason: "length" }]);
    expect(usage).toMatchObject({ prompt_tokens: 87, completion_tokens_details: { reasoning_tokens: 8 } });
  });

  test("has an answer if there are enough tokens for thinking", async () => {
    const { choices } = await bodyOf(client().chat({ thinking: undefined, max_tokens: undefined }));
    expect(choices).toMatchObject([{ message: { content: "OK" }, finish_reason: "stop" }]);
  });

  test.each(["not JSON", "{}", "[]", ""])("is refused with the unreadable body '%s'", async (body) => {
    const response = client().fetch("/chat/completions", { method: "POST", body });
    expect((await response).status).toBe(400);
    expect(await messageOf(response)).toMatch(/^Failed to deserialize/);
  });
});

describe("the server", () => {
  const key = sandboxKey("server");
  const started = async (options: SandboxOptions) => {
    const own = await startSandbox(options);
    return { own, client: new Client(key, own.url), [Symbol.asyncDispose]: () => own.close() };
  };

  test("accepts paths with and without /v1, but the balance only at the root", async () => {
    sandbox.use(key, "good");
    const client = new Client(key);
    const chat = { method: "POST", body: JSON.stringify(probe) };
    expect((await client.fetch("/v1/models?a=b")).status).toBe(200);
    expect((await client.fetch("/v1/chat/completions", chat)).status).toBe(200);
    for (const path of ["/v1/user/balance", "/", "/chat/completions", "//", "/beta/models"]) {
      expect(await bodyOf(client.fetch(path))).toHaveProperty("error_msg");
    }
  });

  test.each([undefined, "", "Bearer", "Bearer ", `Basic ${key}`, key, `Bearer ${key} x`])(
    "refuses the Authorization header '%s' in plain text, whatever the scenario",
    async (authorization) => {
      sandbox.use(key, "good");
      const headers = authorization === undefined ? {} : { authorization };
      const client = new Client(key);
      for (const path of ["/models", "/user/balance"]) {
        const response = await client.fetch(path, { headers });
        expect([response.status, await response.text()]).toEqual([401, "Authentication Fails (governor)"]);
      }
    },
  );

  test("with publicModels lists the models to anyone, and answers other calls as the key's scenario does", async () => {
    await using server = await started({ publicModels: true });
    const { own, client } = server;
    own.use(key, "wrong-key");
    expect(await client.statuses()).toEqual([200, 401, 401]);
    own.use(key, "good");
    expect(await client.statuses()).toEqual([200, 200, 200]);
    for (const path of ["/models", "/v1/models"]) {
      const { data } = await bodyOf(client.fetch(path, { headers: {} }));
      expect(data).toMatchObject([{ id: "deepseek-flash" }, { id: "deepseek-v4-pro" }]);
    }
    expect((await client.balance({ headers: {} })).status).toBe(401);
  });

  test("names itself and gives every answer its own trace id", async () => {
    const responses = [await new Client(key).models(), await new Client(key).fetch("/nowhere")];
    const ids = responses.map(({ headers }) => headers.get("x-ds-trace-id"));
    expect(ids).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), expect.stringMatching(/^[0-9a-f]{32}$/)]);
    expect(new Set(ids).size).toBe(2);
    expect(responses.map(({ headers }) => headers.get("server"))).toEqual(["openresty", "openresty"]);
  });

  test("rejects an unknown key, unless another default scenario is set", async () => {
    expect((await new Client(sandboxKey("stranger")).models()).status).toBe(401);
    await using other = await started({ defaultScenario: "forbidden" });
    expect((await other.client.models()).status).toBe(403);
  });

  test("rejects a revoked key", async () => {
    sandbox.use(key, "good");
    sandbox.revoke(key);
    expect(await new Client(key).statuses()).toEqual([401, 401, 401]);
  });

  test("restarts a scenario when it is set again, and counts each key separately", async () => {
    for (const label of ["server", "another", "server"]) {
      sandbox.use(sandboxKey(label), "overloaded-then-well");
      expect(await new Client(sandboxKey(label)).statuses()).toEqual([503, 503, 503]);
    }
  });

  test("records requests", async () => {
    const before = Date.now();
    await new Client(key).chat({ model: "x" });
    const [request] = sandbox.requests;
    expect(request).toMatchObject({ method: "POST", path: "/chat/completions", authorization: `Bearer ${key}` });
    expect(request).toMatchObject({ body: { ...probe, model: "x" }, headers: { authorization: `Bearer ${key}` } });
    expect(request?.at).toBeGreaterThanOrEqual(before);
    sandbox.clearRequests();
    expect(sandbox.requests).toHaveLength(0);
  });

  test("delays every answer by latencyMs, and serves hundreds at once", async () => {
    // Long enough for all 300 to arrive before the first answer, even on a busy machine.
    await using other = await started({ latencyMs: 3_000, defaultScenario: "good" });
    const begun = performance.now();
    const responses = await Promise.all(Array.from({ length: 300 }, () => other.client.models()));
    expect(responses.every(({ status }) => status === 200)).toBe(true);
    expect(performance.now() - begun).toBeGreaterThan(2_995);
    expect(other.own.maxInFlight).toBe(300);
  });

  test("keeps running when clients disconnect or send invalid HTTP", async () => {
    const broken = [
      "nonsense\r\n\r\n",
      "POST /chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 99\r\n\r\n{",
      "GET /models HTTP/1.1\r\nhost: x\r\n",
    ];
    const complain = vi.spyOn(console, "error");
    for (const bytes of broken) {
      const socket = connect(sandbox.port, "127.0.0.1");
      socket.on("error", () => {});
      socket.write(bytes, () => setTimeout(() => socket.resetAndDestroy(), 20));
      await once(socket, "close");
    }
    sandbox.use(key, "good");
    expect(await new Client(key).statuses()).toEqual([200, 200, 200]);
    expect(complain).not.toHaveBeenCalled();
  });

  test("delays an answer until the promise from onRequest resolves", async () => {
    const held = Promise.withResolvers<void>();
    const told: string[] = [];
    const onRequest = ({ path }: { readonly path: string }) => {
      told.push(path);
      return held.promise;
    };
    await using other = await started({ onRequest });
    other.own.use(key, "good");
    const answer = other.client.models().then(({ status }) => told.push(`${status}`));
    await vi.waitFor(() => expect(told).toEqual(["/models"]));
    held.resolve();
    await answer;
    expect(told).toEqual(["/models", "200"]);
  });

  test("reports every completed request, without its key", async () => {
    const exchanges: Exchange[] = [];
    await using other = await started({ onExchange: (exchange) => exchanges.push(exchange) });
    await other.client.fetch(`/models?key=${key}`);
    other.own.use(key, "reset");
    await other.client.models().catch(() => {});
    await vi.waitFor(() => expect(exchanges).toHaveLength(2));
    expect(exchanges).toMatchObject([
      { method: "GET", path: "/models", status: 401, scenario: "wrong-key" },
      { path: "/models", status: undefined, scenario: "reset" },
    ]);
    expect(JSON.stringify(exchanges)).not.toContain(key);
  });

  test.each(["slow", "keep-alive-forever", "stalled-body", "huge"] as const)(
    "closes immediately in the middle of '%s', and can be closed twice",
    async (defaultScenario) => {
      await using other = await started({ defaultScenario });
      const pending = other.client.models().then((response) => response.text());
      const failed = expect(pending).rejects.toThrow();
      await vi.waitFor(() => expect(other.own.requests).toHaveLength(1));
      const begun = performance.now();
      await Promise.all([other.own.close(), other.own.close()]);
      expect(performance.now() - begun).toBeLessThan(500);
      await failed;
      await expect(other.client.models()).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
    },
  );
});

describe("the control endpoint", () => {
  const key = sandboxKey("control");
  const put = (body: string) => fetch(`${sandbox.url}/sandbox/scenario`, { method: "PUT", body });

  test("switches a key's scenario", async () => {
    const response = put(JSON.stringify({ key, scenario: "unfunded" }));
    expect(await bodyOf(response)).toEqual({ key: `****${key.slice(-4)}`, scenario: "unfunded" });
    expect(await new Client(key).statuses()).toEqual([200, 200, 402]);
  });

  test.each(["", "nonsense", "{}", `{"key":"${key}","scenario":"wealthy"}`, '{"key":"a b","scenario":"good"}'])(
    "refuses '%s' and lists the scenarios",
    async (body) => {
      const response = put(body);
      expect((await response).status).toBe(400);
      expect(await bodyOf(response)).toMatchObject({ error: expect.any(String), scenarios: scenarioNames });
    },
  );

  test("shows the requests so far with masked keys, and not its own", async () => {
    await new Client(key).models();
    const shown = await (await fetch(`${sandbox.url}/sandbox/requests`)).text();
    expect(JSON.parse(shown)).toMatchObject([{ path: "/models", authorization: `****${key.slice(-4)}` }]);
    expect(shown).not.toContain(key);
  });

  test("lists its paths if another path is requested", async () => {
    const response = await fetch(`${sandbox.url}/sandbox/anything`);
    expect([response.status, await response.text()]).toEqual([404, expect.stringContaining("PUT /sandbox/scenario")]);
  });
});

test("a sandbox key is the same on every machine and has DeepSeek's format", () => {
  expect(sandboxKey("good")).toBe("sk-238d2d2369580a963057d8d74dba2404");
  expect(sandboxKey("good")).not.toBe(sandboxKey("unfunded"));
});
