/**
 * The bodies of DeepSeek's replies, verbatim if they were recorded. Each states its source: 'recorded' (from the live
 * API), 'documented' (DeepSeek's own pages) or 'assumed' (no published example exists).
 */

/** DeepSeek's form of every error except 404. Its `code` is not specific: 400, 401, 402 and 429 share one. */
export function errorBody(message: string, type: string, code = "invalid_request_error") {
  return { error: { message, type, param: null, code } };
}

/** 401 for a key that DeepSeek does not know. Recorded 2025–26; the request id was added in Sep 2026. */
export const wrongKey = (key: string, requestId: string) =>
  errorBody(
    `Authentication Fails, Your api key: ****${key.slice(-4)} is invalid (request_id: ${requestId})`,
    "authentication_error",
  );

/** 401 without a usable Authorization header: plain text and no content type. Recorded Oct 2026. */
export const wrongKeyPlain = "Authentication Fails (governor)";

/** 402. Recorded 2025–26. */
export const insufficientBalance = errorBody("Insufficient Balance", "unknown_error");

/** 400 for a model that is unknown or switched off. Recorded Jul–Sep 2026. */
export const unsupportedModel = (supported: readonly string[], asked: string) =>
  errorBody(
    `The supported API model names are ${supported.join(", ")}, but you passed ${asked}.`,
    "invalid_request_error",
  );

/** For a body that DeepSeek cannot read: 422 until about Apr 2025, 400 since then. Recorded. */
export const unreadableBody = errorBody(
  "Failed to deserialize the JSON body into the target type: messages[0]: invalid type: sequence, expected a string",
  "invalid_request_error",
);

/** 429: the limit shrinks with the balance. Recorded Sep 2026. */
export const tooManyRequests = errorBody(
  "Too many requests. Your current concurrency is 26, which exceeds your concurrency limit of 25 based on your remaining balance. Please top up your balance to restore your concurrency.",
  "rate_limit_error",
);

/** 503. Recorded Dec 2025. */
export const tooBusy = errorBody(
  "Service is too busy. We advise users to temporarily switch to alternative LLM API service providers.",
  "service_unavailable_error",
  "service_unavailable_error",
);

/** 500. Assumed. */
export const serverError = errorBody("Internal Server Error", "server_error", "server_error");

/** 403. Assumed: no example of DeepSeek refusing a region or policy has been published. */
export const forbidden = errorBody("Forbidden", "permission_error");

/** 404, with the field `error_msg` instead of `error`. Recorded 2025. */
export const notFound = { error_msg: "Not Found. Please check the configuration." };

/** Documented Oct 2026. Aliases work without being listed, and models have no `created`. */
export const modelList = {
  object: "list",
  data: [
    model("deepseek-flash", "DeepSeek-V4.1-Flash", ["text", "image"]),
    model("deepseek-v4-pro", "DeepSeek-V4-Pro", ["text"]),
  ],
};

function model(id: string, name: string, inputModalities: readonly string[]) {
  return {
    id,
    object: "model",
    owned_by: "deepseek",
    name,
    context_window: 1_048_576,
    max_output_tokens: 393_216,
    input_modalities: inputModalities,
    output_modalities: ["text"],
    effort: { supported_levels: ["low", "high", "max"], default_level: "high" },
    api_capabilities: { anthropic_messages: { system_prompt_update: "in-history" } },
  };
}

/** Documented; amounts are strings. */
export const balance = {
  is_available: true,
  balance_infos: [{ currency: "CNY", total_balance: "110.00", granted_balance: "10.00", topped_up_balance: "100.00" }],
};

/** An account with insufficient balance. Recorded May 2026. */
export const emptyBalance = {
  is_available: false,
  balance_infos: [{ currency: "USD", total_balance: "0.00", granted_balance: "0.00", topped_up_balance: "0.00" }],
};

/** A list of models as LiteLLM's proxy sends it: fewer fields than DeepSeek's, and `created`. Recorded Nov 2026. */
export const gatewayList = (ids: readonly string[]) => ({
  data: ids.map((id) => ({ id, object: "model", created: 1_677_610_602, owned_by: "openai" })),
  object: "list",
});

/**
 * 400 of LiteLLM's proxy, which does not pass the field `thinking` on to DeepSeek by itself. Recorded Nov 2026; its advice
 * is left out.
 */
export const unsupportedThinking = (model: string) => ({
  error: {
    message: `litellm.UnsupportedParamsError: deepseek does not support parameters: ['thinking'], for model=${model}.`,
    type: "None",
    param: null,
    code: "400",
  },
});
