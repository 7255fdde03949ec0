import { randomUUID } from "node:crypto";
import type { Profile } from "../profile.ts";
import * as bodies from "../recorded-bodies.ts";
import { modelDenied } from "./common-replies.ts";

/** DeepSeek itself. */
export const deepSeek: Profile = {
  title: "DeepSeek",
  baseUrl: "https://api.deepseek.com",
  otherPaths: ["/v1"],
  models: ["deepseek-flash", "deepseek-v4-pro"],
  aliases: { "deepseek-v4-flash": "deepseek-flash", "deepseek-v4-flash-vision-exp": "deepseek-flash" },
  list: (ids) => ({ ...bodies.modelList, data: bodies.modelList.data.filter(({ id }) => ids.includes(id)) }),
  balance: { sufficient: bodies.balance, insufficient: bodies.emptyBalance },
  brokenFinish: "insufficient_system_resource",
  headers: () => ({ server: "openresty", "x-ds-trace-id": randomUUID().replaceAll("-", "") }),
  source: "https://api-docs.deepseek.com",
  unknownPath: { status: 404, body: bodies.notFound, source: "recorded" },
  // The sources of these bodies are with their definitions.
  refusals: {
    withoutKey: { status: 401, body: bodies.wrongKeyPlain, contentType: null, source: "recorded" },
    wrongKey: { status: 401, body: ({ key }) => bodies.wrongKey(key, randomUUID()), source: "recorded" },
    unfunded: { status: 402, body: bodies.insufficientBalance, source: "recorded" },
    unknownModel: {
      status: 400,
      body: ({ model }) =>
        bodies.unsupportedModel(
          bodies.modelList.data.map(({ id }) => id).filter((id) => id !== model),
          model,
        ),
      source: "recorded",
    },
    // DeepSeek's keys may use every model. For tests of a gateway, as LiteLLM answers.
    deniedModel: modelDenied,
    unreadable: { status: 400, body: bodies.unreadableBody, source: "recorded" },
    rateLimited: { status: 429, body: bodies.tooManyRequests, source: "recorded" },
    overloaded: { status: 503, body: bodies.tooBusy, source: "recorded" },
    failing: { status: 500, body: bodies.serverError, source: "assumed" },
    forbidden: { status: 403, body: bodies.forbidden, source: "assumed" },
  },
};
