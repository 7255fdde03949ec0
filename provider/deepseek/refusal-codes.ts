import type { Refusal } from "./refusal.ts";

/** What a service's code says about a connection. `verdict-rows.ts` has the verdict and the texts of each. */
export type Meaning =
  /** The account has no funds. */
  | "funds"
  /** The budget that a gateway gave to the key, its user or its team is used up. */
  | "budget"
  /** The service does not have the model. */
  | "model"
  /** The service has no working host for the model: it is unknown, or all its hosts are down. */
  | "modelUnserved"
  /** The key may not use the model. */
  | "modelDenied"
  /** The key may not make this call. */
  | "routeDenied"
  /** The service names the key as the reason, with another status than 401. */
  | "keyRefused"
  /** The service rejects a gateway's own key, not the user's. */
  | "upstreamKey"
  /** The gateway has no database, so it can check no key other than its master key. */
  | "keyUncheckable";

interface Code {
  /** The exact code, or several with one meaning. */
  readonly codes: readonly string[];
  /** The statuses with which it is sent; absent for any. */
  readonly statuses?: readonly number[];
  /** What the message must contain, where the code has another meaning elsewhere. */
  readonly words?: RegExp;
}

interface Words {
  readonly codes?: never;
  /** Never 401: a message must not decide whether a key is rejected. */
  readonly statuses: readonly number[];
  /** What the message must contain. */
  readonly words: RegExp;
}

/** What a refusal means, by its code or, where a service sends none, by its words. */
export type RefusalCode = (Code | Words) & {
  /** The hosts that send it, each with its subdomains; absent for any host, where it means the same everywhere. */
  readonly hosts?: readonly string[];
  readonly meaning: Meaning;
  /** Where this is documented or recorded. */
  readonly source: string;
};

const zhipu = ["bigmodel.cn", "z.ai"];
const siliconFlow = ["siliconflow.cn", "siliconflow.com"];
const openAi = ["openai.com"];

/** Sources of several rows. */
const newApiErrors = "https://github.com/QuantumNous/new-api/blob/main/types/error.go";
const zhipuCodes = "https://docs.bigmodel.cn/cn/faq/api-code";
const siliconFlowCodes = "https://docs.siliconflow.cn/cn/faqs/error-code";
const liteLlmMapping =
  "https://github.com/BerriAI/litellm/blob/main/litellm/litellm_core_utils/exception_mapping_utils.py";
const liteLlmErrors = "https://github.com/BerriAI/litellm/blob/main/litellm/proxy/_types.py";
const bifrostResolver = "https://github.com/maximhq/bifrost/blob/main/plugins/governance/resolver.go";
const geminiKeys = "https://github.com/continuedev/continue/issues/8516";

/**
 * The refusals that decide a verdict. A code that is not listed decides nothing, and neither does one that means
 * different things at different services, except at the hosts of its row. The first row that fits counts.
 */
export const refusalCodes: readonly RefusalCode[] = [
  // Funds
  {
    codes: ["insufficient_user_quota"],
    meaning: "funds",
    source: newApiErrors,
  },
  {
    codes: ["insufficient_quota"],
    hosts: openAi,
    meaning: "funds",
    source: "https://github.com/OpenHands/OpenHands/issues/998",
  },
  {
    codes: ["billing_hard_limit_reached"],
    meaning: "funds",
    source: "https://github.com/dfinke/PowerShellAI/issues/127",
  },
  {
    codes: ["billing_not_active"],
    meaning: "funds",
    source: "https://github.com/lifan0127/ai-research-assistant/issues/174",
  },
  { codes: ["INSUFFICIENT_BALANCE"], meaning: "funds", source: "https://github.com/Wei-Shaw/sub2api/issues/890" },
  { codes: ["insufficient_funds"], meaning: "funds", source: "https://github.com/kuangquanshuisn/blink2api/issues/1" },
  {
    codes: ["customer_verification_required"],
    hosts: ["vercel.sh"],
    meaning: "funds",
    source: "https://github.com/arlanrakh/talk-to-girlfriend-ai/issues/6",
  },
  {
    codes: ["insufficient_credit_limit"],
    meaning: "funds",
    source: "https://github.com/Helicone/helicone/blob/main/worker/src/lib/ai-gateway/SimpleAIGateway.ts",
  },
  { codes: ["Arrearage"], meaning: "funds", source: "https://github.com/hsliuping/TradingAgents-CN/issues/170" },
  {
    codes: ["AllocationQuota.FreeTierOnly"],
    meaning: "funds",
    source: "https://github.com/666ghj/BettaFish/issues/609",
  },
  { codes: ["AccountOverdueError"], meaning: "funds", source: "https://github.com/coze-dev/coze-studio/issues/2195" },
  { codes: ["account_overdue"], meaning: "funds", source: "https://github.com/RooCodeInc/Roo-Code/issues/12309" },
  {
    codes: ["exceeded_current_quota_error"],
    meaning: "funds",
    source: "https://github.com/anomalyco/opencode/issues/25458",
  },
  { codes: ["NOT_ENOUGH_BALANCE"], meaning: "funds", source: "https://novita.ai/docs/de/guides/error" },
  { codes: ["1113", "1309"], hosts: zhipu, meaning: "funds", source: zhipuCodes },
  {
    // The code alone means other things elsewhere; gateways pass it on with its words.
    codes: ["1113"],
    words: /余额不足|资源包|insufficient balance|resource package/i,
    statuses: [429],
    meaning: "funds",
    source: "https://github.com/zai-org/GLM-5/issues/148",
  },
  {
    codes: ["30001"],
    hosts: siliconFlow,
    meaning: "funds",
    source: siliconFlowCodes,
  },
  {
    codes: ["30001"],
    words: /balance is insufficient/i,
    statuses: [402, 403],
    meaning: "funds",
    source: siliconFlowCodes,
  },
  {
    statuses: [200, 500],
    words: /insufficient balance \(1008\)/i,
    meaning: "funds",
    source: "https://github.com/MiniMax-AI/MiniMax-M2/issues/62",
  },
  {
    // LiteLLM turns DeepSeek's 402 into 400.
    statuses: [400],
    words: /DeepseekException - .*Insufficient Balance/i,
    meaning: "funds",
    source: liteLlmMapping,
  },
  {
    codes: ["1008"],
    words: /^insufficient balance/i,
    statuses: [200],
    meaning: "funds",
    source: "https://platform.minimax.io/docs/api-reference/errorcode",
  },
  {
    statuses: [412],
    words: /^Account .* is suspended, possibly due to reaching the monthly spending limit/,
    meaning: "funds",
    source: "https://github.com/pollinations/pollinations/issues/12136",
  },
  {
    statuses: [403],
    words: /doesn't have any credits/,
    meaning: "funds",
    source: "https://github.com/griptape-ai/griptape-nodes-engine/issues/1079",
  },
  {
    statuses: [429],
    words: /used all available credits or reached its monthly spending limit/,
    meaning: "funds",
    source: "https://github.com/continuedev/continue/issues/10373",
  },
  // Budgets
  {
    codes: ["budget_exceeded"],
    meaning: "budget",
    source: liteLlmErrors,
  },
  {
    codes: ["pre_consume_token_quota_failed"],
    meaning: "budget",
    source: "https://github.com/songquanpeng/one-api/blob/main/relay/controller/helper.go",
  },
  {
    statuses: [403],
    words: /^Key limit exceeded \((total|daily|weekly|monthly) limit\)/,
    meaning: "budget",
    source: "https://github.com/MCPJam/inspector/issues/1287",
  },
  {
    codes: ["SetLimitExceeded"],
    meaning: "budget",
    source: "https://github.com/volcengine/MineContext/issues/328",
  },
  // Models
  {
    codes: ["model_not_found"],
    statuses: [503],
    meaning: "modelUnserved",
    source: newApiErrors,
  },
  {
    codes: ["model_not_found", "model_decommissioned"],
    meaning: "model",
    source: "https://github.com/decolua/9router/pull/3558",
  },
  { codes: ["DeploymentNotFound"], meaning: "model", source: "https://github.com/chatboxai/chatbox/issues/646" },
  { codes: ["model_not_available"], meaning: "model", source: "https://github.com/HeyPuter/puter/issues/3168" },
  {
    codes: ["model_not_supported"],
    meaning: "model",
    source: "https://github.com/i-am-bee/beeai-framework/issues/1179",
  },
  {
    codes: ["unknown_model"],
    meaning: "model",
    source: "https://github.com/microsoft/Generative-AI-for-beginners-dotnet/issues/302",
  },
  { codes: ["invalid_model"], meaning: "model", source: "https://github.com/iamclancyliang/pi-go" },
  {
    codes: ["ModelNotFound", "ModelNotOpen", "InvalidEndpointOrModel.NotFound", "InvalidEndpoint.NotFound"],
    meaning: "model",
    source: "https://www.volcengine.com/docs/82379/1299023",
  },
  {
    codes: ["RESOURCE_DOES_NOT_EXIST"],
    hosts: ["databricks.com", "azuredatabricks.net"],
    meaning: "model",
    source: "https://github.com/databricks-demos/dbdemos/issues/220",
  },
  { codes: ["1211"], hosts: zhipu, meaning: "model", source: zhipuCodes },
  {
    codes: ["20012"],
    hosts: siliconFlow,
    meaning: "model",
    source: "https://docs.siliconflow.cn/en/faqs/error-code",
  },
  {
    codes: ["30003"],
    words: /^Model disabled/,
    statuses: [200, 403],
    meaning: "model",
    source: siliconFlowCodes,
  },
  // Models that the key may not use
  {
    codes: ["key", "team", "user", "customer", "org", "project", "agent"].map((who) => `${who}_model_access_denied`),
    meaning: "modelDenied",
    source: liteLlmErrors,
  },
  {
    codes: ["Model.AccessDenied"],
    meaning: "modelDenied",
    source: "https://help.aliyun.com/en/model-studio/error-code-start",
  },
  {
    codes: ["AccessDenied.Unpurchased"],
    meaning: "modelDenied",
    source: "https://github.com/earendil-works/pi/issues/7588",
  },
  {
    codes: ["model_permission_blocked_project", "model_permission_blocked_org"],
    meaning: "modelDenied",
    source: "https://github.com/orbi-build/orbi/issues/561",
  },
  {
    codes: ["model_blocked", "provider_blocked"],
    meaning: "modelDenied",
    source: bifrostResolver,
  },
  { codes: ["1311"], hosts: zhipu, meaning: "modelDenied", source: "https://docs.bigmodel.cn/cn/api/api-code" },
  // Calls that the key may not make
  {
    codes: ["missing_scope"],
    meaning: "routeDenied",
    source: "https://github.com/anomalyco/opencode/issues/21928",
  },
  {
    codes: ["AB03"],
    hosts: ["portkey.ai"],
    meaning: "routeDenied",
    source: "https://github.com/Portkey-AI/docs-core/blob/main/help-center/you-do-not-have-enough-permissions.mdx",
  },
  // Keys that are refused with another status than 401
  {
    codes: ["API_KEY_INVALID"],
    meaning: "keyRefused",
    source: geminiKeys,
  },
  {
    codes: ["virtual_key_blocked", "virtual_key_not_found", "virtual_key_required"],
    statuses: [403],
    meaning: "keyRefused",
    source: bifrostResolver,
  },
  {
    codes: ["organization_restricted"],
    statuses: [400],
    meaning: "keyRefused",
    source: "https://github.com/crewAIInc/crewAI/issues/783",
  },
  {
    codes: ["expired_key"],
    statuses: [400, 403],
    meaning: "keyRefused",
    source: liteLlmErrors,
  },
  {
    statuses: [400],
    words: /^Incorrect API key provided/,
    meaning: "keyRefused",
    source: "https://github.com/i-am-bee/beeai-framework/issues/447",
  },
  {
    statuses: [400],
    words: /pass a valid API key/,
    meaning: "keyRefused",
    source: geminiKeys,
  },
  {
    // LiteLLM turns DeepSeek's 401 into 400.
    statuses: [400],
    words: /DeepseekException - .*authentication_error/i,
    meaning: "upstreamKey",
    source: liteLlmMapping,
  },
  {
    codes: ["no_db_connection"],
    meaning: "keyUncheckable",
    source: liteLlmErrors,
  },
];

/** What a refusal means at a service. */
export interface Reading {
  readonly meaning: Meaning;
  /** Whether the words took part, so that the meaning may be a coincidence. */
  readonly isByWords: boolean;
}

/** Most of a message that the words of a row are looked for in, in characters: no message takes long to search. */
const MAX_WORDS = 4_000;

/** What a refusal means at this service; nothing if its code decides nothing. */
export function meaningOf({ status, code, words = "" }: Refusal, baseUrl: string): Reading | undefined {
  const { hostname } = new URL(baseUrl);
  const start = words.slice(0, MAX_WORDS);
  const row = refusalCodes.find(
    (each) =>
      (each.codes === undefined || (code !== undefined && each.codes.includes(code))) &&
      (each.statuses?.includes(status) ?? true) &&
      (each.hosts?.some((host) => hostname === host || hostname.endsWith(`.${host}`)) ?? true) &&
      (each.words?.test(start) ?? true),
  );
  return row === undefined ? undefined : { meaning: row.meaning, isByWords: row.words !== undefined };
}
