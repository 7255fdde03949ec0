import type { Profile, Refusal } from "../profile.ts";
import { goNotFound, noSuchPath } from "./common-replies.ts";

/* Replies in the services' own words, with the names of models and keys filled in. What only identifies one request is shortened. */

const cauldron = "https://github.com/CauldronUp/cauldron";
const ark = "https://www.volcengine.com/docs/82379/1299023";
const siliconFlow = "https://docs.siliconflow.cn/cn/faqs/error-code";
const dashScope = "https://help.aliyun.com/en/model-studio/error-code-start";

const arkRefusal = (status: number, code: string, message: (model: string) => string, type: string): Refusal => ({
  status,
  body: ({ model }) => ({ error: { code, message: `${message(model)} Request id: 0217`, param: "", type } }),
  source: ark,
});

const dashScopeRefusal = (status: number, code: string, message: string, source = dashScope, type = code): Refusal => ({
  status,
  body: { error: { message, type, param: null, code }, request_id: "9a13b9eb-7a92-9e70-8067-4be41c05cb00" },
  source,
});

const siliconFlowRefusal = (status: number, code: number, message: string): Refusal => ({
  status,
  body: { code, message, data: null },
  contentType: "application/json; charset=utf-8",
  source: siliconFlow,
});

const azureRefusal = (status: number, code: string, message: string, source: string): Refusal => ({
  status,
  body: { error: { code, message } },
  source,
});

const problem = (status: number, title: string, detail: string, source: string): Refusal => ({
  status,
  body: { status, title, detail },
  source,
});

/** Clouds that host DeepSeek's models. */
export const clouds = {
  azure: {
    title: "Azure AI Foundry and Azure OpenAI",
    baseUrl: "https://example.services.ai.azure.com/openai/v1",
    models: ["deepseek-v4-pro"],
    // The list has what could be deployed, not what is.
    catalogue: ["ada"],
    source: "https://github.com/janhq/jan/issues/8835",
    unknownPath: azureRefusal(
      404,
      "404",
      "Resource not found",
      "https://github.com/OkGoDoIt/OpenAI-API-dotnet/issues/140",
    ),
    refusals: {
      wrongKey: azureRefusal(
        401,
        "401",
        "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.",
        "https://github.com/SciSharp/BotSharp/issues/386",
      ),
      unknownModel: azureRefusal(
        404,
        "DeploymentNotFound",
        "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.",
        "https://github.com/chatboxai/chatbox/issues/646",
      ),
      thinking: {
        status: 400,
        body: {
          error: {
            message: "Unrecognized request argument supplied: thinking",
            type: "invalid_request_error",
            param: null,
            code: null,
          },
        },
        source: "https://github.com/nashsu/llm_wiki/issues/336",
      },
      forbidden: azureRefusal(
        403,
        "403",
        "Access denied due to Virtual Network/Firewall rules.",
        "https://github.com/Azure-Samples/azure-sql-db-chatbot/issues/3",
      ),
    },
  },
  nvidia: {
    title: "NVIDIA's API catalogue",
    baseUrl: "https://integrate.api.nvidia.com/v1",
    hasPublicList: true,
    models: ["deepseek-ai/deepseek-v4-flash-0731"],
    // The list keeps models that have been retired, such as this one in Aug 2026.
    catalogue: ["deepseek-ai/deepseek-v4-pro"],
    source: "https://github.com/hidenobunagai/nvidia-nim-provider/issues/9",
    unknownPath: goNotFound,
    refusals: {
      wrongKey: problem(
        401,
        "Unauthorized",
        "Authentication failed",
        "https://github.com/hidenobunagai/nvidia-nim-provider/issues/9",
      ),
      unknownModel: {
        status: 404,
        body: "404 page not found",
        contentType: "text/plain; charset=utf-8",
        source: "https://github.com/Hmbown/Codewhale/issues/1482",
      },
      unservedModel: {
        status: 410,
        body: ({ model }) => ({
          type: "about:blank",
          title: "Gone",
          status: 410,
          detail: `The model '${model}' has reached its end of life on 2026-08-07T09:00:00Z and is no longer available.`,
        }),
        contentType: "application/problem+json",
        source: "https://github.com/NVIDIA/NemoClaw/issues/11902",
      },
      deniedModel: problem(
        404,
        "Not Found",
        "Function '12345678-b123-12a3-1221-123456789123': Not found for account '***'",
        "https://github.com/Alishahryar1/free-claude-code/issues/956",
      ),
      forbidden: problem(
        403,
        "Forbidden",
        "Authorization failed",
        "https://github.com/dmMaze/BallonsTranslator/issues/1233",
      ),
    },
  },
  together: {
    title: "Together",
    baseUrl: "https://api.together.xyz/v1",
    models: ["deepseek-ai/DeepSeek-V3"],
    // The list has models that need an endpoint of one's own.
    catalogue: ["meta-llama/Llama-3-8b-chat-hf"],
    list: (ids) => ids.map((id) => ({ id, object: "model", type: "chat" })),
    source: cauldron,
    unknownPath: {
      status: 404,
      body: "<!doctype html><title>404</title>",
      contentType: "text/html; charset=utf-8",
      source: cauldron,
    },
    refusals: {
      withoutKey: { status: 401, body: "Missing API key", contentType: "text/plain", source: cauldron },
      wrongKeyAtList: { status: 401, body: { error: { message: "Unauthorized" } }, source: cauldron },
      wrongKey: {
        status: 401,
        body: {
          error: {
            message:
              "Invalid API key provided. You can find your API key at https://api.together.xyz/settings/api-keys.",
            type: "invalid_request_error",
            param: null,
            code: "invalid_api_key",
          },
        },
        source: "https://github.com/harshitv804/LawGPT/issues/4",
      },
      unfunded: {
        status: 402,
        body: {
          error: {
            message:
              "Credit limit exceeded. Please navigate to https://api.together.xyz/settings/billing to add credit or upgrade your plan.",
            type: "credit_limit",
            param: null,
            code: null,
          },
        },
        source: "https://github.com/expectedparrot/edsl/issues/2098",
      },
      // Its answer to a name that it does not list is not known.
      unknownModel: {
        status: 400,
        body: ({ model }) => ({
          error: {
            message: `Unable to access non-serverless model ${model}. Please visit https://api.together.ai/models/${model} to create and start a new dedicated endpoint for the model.`,
            type: "invalid_request_error",
            param: null,
            code: "model_not_available",
          },
        }),
        source: "https://github.com/HeyPuter/puter/issues/3168",
      },
      // The source does not say the status.
      rateLimited: {
        status: 429,
        body: {
          error: {
            message:
              "You have been rate limited. Your rate limit is 60 queries per minute. Please navigate to https://api.together.xyz/settings/billing to upgrade to a paid plan.",
            type: "credit_limit",
            param: null,
            code: null,
          },
        },
        source: "https://github.com/togethercomputer/MoA/issues/27",
      },
    },
  },
  fireworks: {
    title: "Fireworks",
    baseUrl: "https://api.fireworks.ai/inference/v1",
    models: ["accounts/fireworks/models/deepseek-v4-pro"],
    source: cauldron,
    unknownPath: {
      status: 404,
      body: ({ path }) => ({
        error: {
          message: `Path not found: ${path.replace(/^\/inference/, "")}`,
          code: "NOT_FOUND",
          type: "error",
        },
      }),
      source: cauldron,
    },
    refusals: {
      withoutKey: {
        status: 401,
        body: {
          error: {
            message:
              "You must provide an API key. See https://docs.fireworks.ai/api-reference/introduction#authentication for more information.",
            code: "UNAUTHORIZED",
            type: "error",
          },
        },
        source: cauldron,
      },
      wrongKey: {
        status: 401,
        body: { error: { message: "The API key you provided is invalid.", code: "UNAUTHORIZED", type: "error" } },
        source: cauldron,
      },
      unfunded: {
        status: 412,
        body: {
          error: {
            message:
              "Account example is suspended, possibly due to reaching the monthly spending limit or failure to pay past invoices. Please go to https://fireworks.ai/account/billing for more information.",
            param: null,
            code: "PRECONDITION_FAILED",
            type: "error",
          },
        },
        source: "https://github.com/pollinations/pollinations/issues/12136",
      },
      unknownModel: {
        status: 404,
        body: {
          error: {
            message: "Model not found, inaccessible, and/or not deployed",
            param: "model",
            code: "NOT_FOUND",
            type: "error",
          },
        },
        source: "https://github.com/warpdotdev/warp/issues/15107",
      },
      thinking: {
        status: 400,
        body: {
          error: { message: "Extra inputs are not permitted, field: 'thinking'", type: "invalid_request_error" },
        },
        source: "https://github.com/earendil-works/pi/issues/4514",
      },
    },
  },
  siliconflow: {
    title: "SiliconFlow",
    baseUrl: "https://api.siliconflow.cn/v1",
    models: ["deepseek-ai/DeepSeek-V3"],
    source: siliconFlow,
    unknownPath: noSuchPath,
    refusals: {
      wrongKey: {
        status: 401,
        body: '"Api key is invalid"',
        contentType: "application/json; charset=utf-8",
        source: "https://github.com/chatboxai/chatbox/issues/2573",
      },
      unfunded: siliconFlowRefusal(403, 30_001, "Sorry, your account balance is insufficient"),
      unknownModel: siliconFlowRefusal(400, 20_012, "Model does not exist. Please check it carefully."),
      unservedModel: siliconFlowRefusal(403, 30_003, "Model disabled."),
    },
  },
  "volcengine-ark": {
    title: "Volcengine Ark",
    baseUrl: "https://ark.cn-beijing.volces.com/api/v3",
    models: ["deepseek-v4-pro"],
    // The list has the whole platform's models, also those that the account has not activated.
    catalogue: ["doubao-seed-1-6-vision-250815"],
    source: ark,
    unknownPath: {
      status: 404,
      body: { error: { code: "NotFound", message: "The specified resource does not exist" } },
      source: ark,
    },
    refusals: {
      wrongKey: arkRefusal(
        401,
        "AuthenticationError",
        () => "The API key or AK/SK in the request is missing or invalid.",
        "Unauthorized",
      ),
      unfunded: arkRefusal(
        403,
        "AccountOverdueError",
        () => "The request failed because your account has an overdue balance.",
        "Forbidden",
      ),
      unknownModel: arkRefusal(
        404,
        "InvalidEndpointOrModel.NotFound",
        (model) => `The model or endpoint ${model} does not exist or you do not have access to it.`,
        "Not Found",
      ),
      unservedModel: arkRefusal(
        404,
        "ModelNotOpen",
        (model) =>
          `Your account 2100000000 has not activated the model ${model}. Please activate the model service in the Ark Console.`,
        "Not Found",
      ),
      forbidden: arkRefusal(
        403,
        "AccessDenied",
        () => "The request failed because you do not have access to the requested resource.",
        "Forbidden",
      ),
    },
  },
  dashscope: {
    title: "Alibaba's DashScope (Model Studio)",
    baseUrl: "https://dashscope.aliyuncs.com/compatible-mode/v1",
    models: ["deepseek-v4-pro"],
    source: dashScope,
    unknownPath: noSuchPath,
    refusals: {
      wrongKey: dashScopeRefusal(
        401,
        "invalid_api_key",
        "Incorrect API key provided. For details, see: https://help.aliyun.com/zh/model-studio/error-code#apikey-error",
        dashScope,
        "invalid_request_error",
      ),
      unfunded: dashScopeRefusal(
        400,
        "Arrearage",
        "Access denied, please make sure your account is in good standing.",
        "https://github.com/hsliuping/TradingAgents-CN/issues/170",
      ),
      // The code is documented; of its reply, only the words were recorded, and the form is assumed.
      unknownModel: dashScopeRefusal(
        404,
        "model_not_found",
        "The model does not exist or you do not have access to it.",
        "https://github.com/AIDotNet/OpenDeepWiki/issues/308",
        "invalid_request_error",
      ),
      deniedModel: dashScopeRefusal(403, "Model.AccessDenied", "Model access denied."),
      rateLimited: dashScopeRefusal(
        429,
        "insufficient_quota",
        "You exceeded your current quota, please check your plan and billing details. For details, see: https://help.aliyun.com/zh/model-studio/error-code#token-limit",
      ),
    },
  },
} satisfies Readonly<Record<string, Profile>>;
