import type { Refusal } from "../profile.ts";

/** Where LiteLLM's proxy is. */
export const liteLlm = "https://github.com/BerriAI/litellm/blob/main/litellm/proxy/";

/** Of a service whose answer to an unknown path is not known. */
export const noSuchPath: Refusal = { status: 404, body: "", contentType: null, source: "assumed" };

/** FastAPI's answer to an unknown path. */
export const fastApiNotFound: Refusal = {
  status: 404,
  body: { detail: "Not Found" },
  source: "https://github.com/vllm-project/vllm/issues/5082",
};

/** The answer of Go's servers to an unknown path. */
export const goNotFound: Refusal = {
  status: 404,
  body: "404 page not found",
  contentType: "text/plain",
  source: "https://github.com/glibsonoran/Plush-for-ComfyUI/issues/152",
};

/** The answer of LiteLLM's proxy if a key may not use a model. */
export const modelDenied: Refusal = {
  status: 403,
  body: ({ model }) => ({
    error: {
      message: `The requested model '${model}' is not available for this API key, or the model name is invalid. Check the models available to you and try again.`,
      type: "key_model_access_denied",
      param: "model",
      code: "403",
    },
  }),
  source: `${liteLlm}auth/auth_checks.py`,
};
