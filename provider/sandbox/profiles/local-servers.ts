import type { Profile } from "../profile.ts";
import { fastApiNotFound, goNotFound } from "./common-replies.ts";

/* Replies in the services' own words, with the names of models and keys filled in. What only identifies one request is shortened. */

const vllm = "https://github.com/vllm-project/vllm/blob/main/vllm/entrypoints/openai/";

/** Servers for models on machines of one's own. */
export const localServers = {
  vllm: {
    title: "vLLM with --api-key",
    baseUrl: "http://localhost:8000/v1",
    models: ["deepseek-ai/DeepSeek-V3"],
    source: `${vllm}server_utils.py`,
    unknownPath: fastApiNotFound,
    // It ignores fields that it does not know, such as `thinking`.
    refusals: {
      wrongKey: { status: 401, body: { error: "Unauthorized" }, source: `${vllm}server_utils.py` },
      unknownModel: {
        status: 404,
        body: ({ model }) => ({
          error: {
            message: `The model \`${model}\` does not exist.`,
            type: "NotFoundError",
            param: "model",
            code: 404,
          },
        }),
        source: `${vllm}models/serving.py`,
      },
    },
  },
  sglang: {
    title: "SGLang with --api-key",
    baseUrl: "http://localhost:30000/v1",
    models: ["deepseek-ai/DeepSeek-V3"],
    source: "https://github.com/sgl-project/sglang/blob/main/python/sglang/srt/utils/auth.py",
    unknownPath: fastApiNotFound,
    refusals: {
      wrongKey: {
        status: 401,
        body: { error: "Unauthorized" },
        source: "https://github.com/sgl-project/sglang/blob/main/python/sglang/srt/utils/auth.py",
      },
    },
  },
  ollama: {
    title: "Ollama",
    baseUrl: "http://localhost:11434/v1",
    hasPublicList: true,
    models: ["deepseek-r1:latest"],
    source: "https://github.com/ollama/ollama/blob/main/openai/openai.go",
    unknownPath: goNotFound,
    // It has no keys, and ignores fields that it does not know.
    refusals: {
      unknownModel: {
        status: 404,
        body: ({ model }) => ({
          error: { message: `model '${model}' not found`, type: "not_found_error", param: null, code: null },
        }),
        source: "https://github.com/ollama/ollama/blob/main/openai/openai.go",
      },
      // A model of its cloud.
      deniedModel: {
        status: 403,
        body: {
          error: {
            message: "this model requires a subscription, upgrade for access: https://ollama.com/upgrade",
            type: "api_error",
            param: null,
            code: null,
          },
        },
        source: "https://github.com/ollama/ollama/issues/15990",
      },
    },
  },
  "lm-studio": {
    title: "LM Studio with 'Require Authentication'",
    baseUrl: "http://localhost:1234/v1",
    models: ["deepseek-r1-distill-qwen-7b"],
    source: "https://github.com/agustif/opencode-lmstudio/issues/41",
    unknownPath: {
      status: 200,
      body: ({ method, path }) => ({ error: `Unexpected endpoint or method. (${method} ${path})` }),
      source: "https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/1879",
    },
    refusals: {
      withoutKey: {
        status: 401,
        body: {
          error: {
            type: "invalid_request",
            code: "invalid_api_key",
            message:
              "An LM Studio API token is required to make requests to this server, but none was provided using the Authorization header using the 'Bearer' scheme (i.e., 'Authorization: Bearer $LM_API_TOKEN'). Learn more at: https://lmstudio.ai/docs/developer/core/authentication.",
          },
        },
        source: "https://github.com/agustif/opencode-lmstudio/issues/41",
      },
      wrongKey: {
        status: 401,
        body: {
          error: {
            type: "invalid_request",
            code: "invalid_api_key",
            message: "Malformed LM Studio API token provided: ***. Ensure you are using a valid token.",
          },
        },
        source: "https://github.com/agustif/opencode-lmstudio/issues/41",
      },
      unservedModel: {
        status: 404,
        body: {
          error: {
            message: "No models loaded. Please load a model in the developer page or use the `lms load` command.",
            type: "invalid_request_error",
            param: "model",
            code: "model_not_found",
          },
        },
        source: "recorded by a user of LM Studio, without a public address",
      },
    },
  },
} satisfies Readonly<Record<string, Profile>>;
