import { randomUUID } from "node:crypto";
import type { Profile, Refusal } from "../profile.ts";
import * as bodies from "../recorded-bodies.ts";
import { fastApiNotFound, liteLlm, modelDenied, noSuchPath } from "./common-replies.ts";

/* Replies in the services' own words, with the names of models and keys filled in. What only identifies one request is shortened. */

const liteLlmRecorded = "recorded from LiteLLM's proxy 1.80.0 in Nov 2026";
const openRouter = "https://github.com/OpenRouterTeam/docs/blob/main/api_reference/errors-and-debugging.mdx";
const oneApi = "https://github.com/songquanpeng/one-api/blob/main/";
const newApi = "https://github.com/QuantumNous/new-api/blob/main/";
const portkeyRecorded = "recorded from Portkey's gateway 1.15.2 with DeepSeek's replies behind it, in Nov 2026";

/** LiteLLM passes on the reply of the service behind it, in words. */
const throughLiteLlm = (status: number, kind: string, upstream: object, type: string | null = null): Refusal => ({
  status,
  body: ({ model }) => ({
    error: {
      message: `litellm.${kind}: ${kind}: DeepseekException - ${JSON.stringify(upstream)}. Received Model Group=${model}\nAvailable Model Group Fallbacks=None`,
      type,
      param: null,
      code: String(status),
    },
  }),
  source: liteLlmRecorded,
});

/** Portkey passes on the reply of the service behind it, in words. */
const throughPortkey = (status: number, upstream: object | ((model: string, key: string) => object)): Refusal => ({
  status,
  body: ({ model, key }) => ({
    error: {
      message: `Invalid response received from deepseek: ${JSON.stringify(typeof upstream === "function" ? upstream(model, key) : upstream)}`,
      type: null,
      param: null,
      code: null,
    },
    provider: "deepseek",
  }),
  source: portkeyRecorded,
});

const withId = (message: string) => `${message} (request id: 20251126132633756782166)`;

const oneApiRefusal = (status: number, message: (model: string) => string, source: string, code?: string): Refusal => ({
  status,
  body: ({ model }) => ({
    error: {
      message: withId(message(model)),
      type: "one_api_error",
      ...(code !== undefined && { param: "", code }),
    },
  }),
  source: oneApi + source,
});

const newApiRefusal = (status: number, message: (model: string) => string, source: string, code = ""): Refusal => ({
  status,
  body: ({ model }) => ({ error: { code, message: withId(message(model)), type: "new_api_error" } }),
  source: newApi + source,
});

/** Gateways in front of DeepSeek's models. */
export const gateways = {
  litellm: {
    title: "LiteLLM's proxy with a database",
    baseUrl: "https://litellm.example.com/v1",
    otherPaths: [""],
    models: ["deepseek-flash", "deepseek-v4-pro"],
    list: bodies.gatewayList,
    brokenFinish: "insufficient_system_resource",
    headers: () => ({ server: "uvicorn" }),
    source: liteLlmRecorded,
    unknownPath: { ...fastApiNotFound, source: liteLlmRecorded },
    refusals: {
      withoutKey: {
        status: 401,
        body: {
          error: {
            message: "Authentication Error, No api key passed in.",
            type: "auth_error",
            param: "None",
            code: "401",
          },
        },
        source: liteLlmRecorded,
      },
      wrongKey: {
        status: 401,
        body: ({ key }) => ({
          error: {
            message: `Authentication Error, Invalid proxy server token passed. Received API Key = sk-...${key.slice(-4)}, Key Hash (Token) =5ea43e. Unable to find token in cache or \`LiteLLM_VerificationTokenTable\``,
            type: "token_not_found_in_db",
            param: "key",
            code: "401",
          },
        }),
        source: "https://github.com/BerriAI/litellm/issues/11639",
      },
      // A used-up budget does not block the list.
      unfunded: {
        status: 422,
        body: {
          error: {
            message: "Budget has been exceeded! Current cost: 26.07, Max budget: 0.25",
            type: "budget_exceeded",
            param: null,
            code: "422",
          },
        },
        source: `${liteLlm}auth/auth_exception_handler.py`,
      },
      unknownModel: {
        status: 400,
        body: ({ model }) => ({
          error: {
            message: `{'error': '/chat/completions: Invalid model name passed in model=${model}. Call \`/v1/models\` to view available models for your key.'}`,
            type: "None",
            param: "None",
            code: "400",
          },
        }),
        source: liteLlmRecorded,
      },
      deniedModel: modelDenied,
      thinking: { status: 400, body: ({ model }) => bodies.unsupportedThinking(model), source: liteLlmRecorded },
      rateLimited: {
        status: 429,
        body: {
          error: {
            message:
              "Rate limit exceeded for api_key: 5ea43e. Limit type: requests. Current limit: 1, Remaining: 0. Limit resets at: 2026-11-26 13:00:00 UTC",
            type: "rate_limit_error",
            param: "None",
            code: "429",
          },
        },
        source: `${liteLlm}hooks/parallel_request_limiter_v3.py`,
      },
      overloaded: throughLiteLlm(503, "ServiceUnavailableError", bodies.tooBusy),
      failing: throughLiteLlm(500, "InternalServerError", bodies.serverError),
      forbidden: {
        status: 403,
        body: {
          error: {
            message: "Access forbidden: IP address not allowed.",
            type: "auth_error",
            param: "None",
            code: "403",
          },
        },
        source: "https://github.com/BerriAI/litellm-docs/blob/main/docs/proxy/ip_address.md",
      },
    },
  },
  openrouter: {
    title: "OpenRouter",
    baseUrl: "https://openrouter.ai/api/v1",
    hasPublicList: true,
    models: ["deepseek/deepseek-v4-pro"],
    brokenFinish: "error",
    source: "https://github.com/OpenRouterTeam/docs/blob/main/openapi/openapi.yaml",
    unknownPath: noSuchPath,
    refusals: {
      withoutKey: {
        status: 401,
        body: { error: { message: "No cookie auth credentials found", code: 401 } },
        source: "https://github.com/Gitlawb/openclaude/issues/967",
      },
      wrongKey: { status: 401, body: { error: { message: "User not found.", code: 401 } }, source: openRouter },
      unfunded: {
        status: 402,
        body: {
          error: {
            message: "Insufficient credits. Add more using https://openrouter.ai/settings/credits",
            code: 402,
            metadata: {
              limit_source: "openrouter_credits",
              remedy_hint:
                "Add credits at https://openrouter.ai/settings/credits, or lower max_tokens / prompt size to fit your remaining balance.",
            },
          },
        },
        source: "https://github.com/open-assistant-org/open-assistant/issues/80",
      },
      unknownModel: {
        status: 400,
        body: ({ model }) => ({ error: { message: `${model} is not a valid model ID`, code: 400 } }),
        source: "https://github.com/sipeed/picoclaw/issues/1790",
      },
      unservedModel: {
        status: 404,
        body: ({ model }) => ({
          error: {
            message: `${model} is no longer available.`,
            error_type: "not_found",
            http_status: 404,
            availability: { code: "model_deprecated", retryable: false, requested_models: [model] },
          },
        }),
        source: openRouter,
      },
      deniedModel: {
        status: 404,
        body: {
          error: {
            message:
              "No endpoints found matching your data policy (Paid model training). Configure: https://openrouter.ai/settings/privacy",
            code: 404,
          },
        },
        source: "https://github.com/unoplat/unoplat-code-confluence/issues/1080",
      },
      rateLimited: {
        status: 429,
        body: ({ model }) => ({
          error: {
            message: "Provider returned error",
            code: 429,
            metadata: {
              raw: `${model} is temporarily rate-limited upstream. Please retry shortly, or add your own key to accumulate your rate limits: ...`,
              limit_source: "upstream_provider_shared_pool",
              remedy_hint: "Retry shortly, add your own provider key, or route to another provider",
            },
          },
        }),
        source: "https://github.com/open-webui/computer/issues/293",
      },
      overloaded: {
        status: 529,
        body: { error: { code: 529, message: "Provider returned error" } },
        source: "https://github.com/OpenRouterTeam/docs/blob/main/openapi/openapi.yaml",
      },
      failing: {
        status: 502,
        body: {
          error: { code: 502, message: "Network connection lost.", metadata: { error_type: "provider_unavailable" } },
        },
        source: "https://github.com/anomalyco/opencode/issues/22448",
      },
      forbidden: {
        status: 403,
        body: {
          error: {
            code: 403,
            message: "Request blocked: prompt injection patterns detected",
            metadata: { patterns: ["ignore all previous instructions"] },
          },
        },
        source: openRouter,
      },
    },
  },
  "one-api": {
    title: "one-api",
    baseUrl: "https://one-api.example.com/v1",
    models: ["deepseek-v4-pro"],
    source: `${oneApi}router/web.go`,
    unknownPath: {
      status: 404,
      body: ({ method, path }) => ({
        error: { message: `Invalid URL (${method} ${path})`, type: "invalid_request_error", param: "", code: "" },
      }),
      source: `${oneApi}controller/relay.go`,
    },
    refusals: {
      withoutKey: oneApiRefusal(401, () => "未提供令牌", "middleware/auth.go"),
      wrongKey: oneApiRefusal(401, () => "无效的令牌", "model/token.go"),
      unfunded: oneApiRefusal(
        403,
        () => "user quota is not enough",
        "relay/controller/helper.go",
        "insufficient_user_quota",
      ),
      unknownModel: oneApiRefusal(
        503,
        (model) => `当前分组 default 下对于模型 ${model} 无可用渠道`,
        "middleware/distributor.go",
      ),
      deniedModel: oneApiRefusal(403, (model) => `该令牌无权使用模型：${model}`, "middleware/auth.go"),
      overloaded: {
        status: 429,
        body: {
          error: {
            message: withId("当前分组上游负载已饱和，请稍后再试"),
            type: "insufficient_quota",
            param: "",
            code: "insufficient_quota",
          },
        },
        source: `${oneApi}controller/relay.go`,
      },
      forbidden: {
        status: 403,
        body: {
          error: {
            message: withId("Country, region, or territory not supported"),
            type: "request_forbidden",
            param: "",
            code: "unsupported_country_region_territory",
          },
        },
        source: "https://github.com/songquanpeng/one-api/issues/1692",
      },
      outside: {
        status: 200,
        body: '<!doctype html><html lang="zh"><head><meta charset="utf-8"/><title>One API</title></head><body><div id="root"></div></body></html>',
        contentType: "text/html; charset=utf-8",
        source: `${oneApi}router/web.go`,
      },
    },
  },
  "new-api": {
    title: "new-api",
    baseUrl: "https://new-api.example.com/v1",
    models: ["deepseek-v4-pro"],
    source: `${newApi}middleware/auth.go`,
    unknownPath: noSuchPath,
    refusals: {
      wrongKey: newApiRefusal(401, () => "Invalid token", "middleware/auth.go"),
      unfunded: newApiRefusal(
        403,
        () => "用户额度不足, 剩余额度: ＄0.000000",
        "service/pre_consume_quota.go",
        "insufficient_user_quota",
      ),
      unknownModel: newApiRefusal(
        503,
        (model) => `No available channel for model ${model} under group default`,
        "middleware/distributor.go",
        "model_not_found",
      ),
      deniedModel: newApiRefusal(403, (model) => `This token has no access to model ${model}`, "i18n/locales/en.yaml"),
      forbidden: newApiRefusal(403, () => "您的 IP 不在令牌允许访问的列表中", "middleware/auth.go", "access_denied"),
    },
  },
  portkey: {
    title: "Portkey's own gateway, with DeepSeek behind it",
    baseUrl: "http://localhost:8787/v1",
    models: ["deepseek-flash", "deepseek-v4-pro"],
    list: (ids) => ({ ...bodies.modelList, data: bodies.modelList.data.filter(({ id }) => ids.includes(id)) }),
    routing: {
      header: "x-portkey-provider",
      value: "deepseek",
      refusal: {
        status: 400,
        body: {
          status: "failure",
          message: "Either x-portkey-config or x-portkey-provider header is required",
        },
        source: portkeyRecorded,
      },
    },
    headers: () => ({ "x-portkey-provider": "deepseek", "x-portkey-cache-status": "DISABLED" }),
    source: portkeyRecorded,
    unknownPath: { status: 404, body: { message: "Not Found", ok: false }, source: portkeyRecorded },
    refusals: {
      wrongKey: throughPortkey(401, (_, key) => bodies.wrongKey(key, randomUUID())),
      wrongKeyAtList: { status: 401, body: ({ key }) => bodies.wrongKey(key, randomUUID()), source: portkeyRecorded },
      unfunded: throughPortkey(402, bodies.insufficientBalance),
      unknownModel: throughPortkey(400, (model) =>
        bodies.unsupportedModel(
          bodies.modelList.data.map(({ id }) => id).filter((id) => id !== model),
          model,
        ),
      ),
      rateLimited: throughPortkey(429, bodies.tooManyRequests),
      overloaded: throughPortkey(503, bodies.tooBusy),
      failing: throughPortkey(500, bodies.serverError),
      forbidden: throughPortkey(403, bodies.forbidden),
    },
  },
} satisfies Readonly<Record<string, Profile>>;
