import { answerChat, unservedModel } from "./chat.ts";
import { listOf, type Profile, type RefusalKind } from "./profile.ts";
import { fastApiNotFound } from "./profiles/common-replies.ts";
import { deepSeek } from "./profiles/deepseek.ts";
import { gateways } from "./profiles/gateways.ts";
import * as bodies from "./recorded-bodies.ts";
import { json, refused, text } from "./reply.ts";
import { type Answer, type Answers, Service } from "./service.ts";

export const scenarioNames = [
  "good",
  "wrong-key",
  "wrong-key-plain",
  "unfunded",
  "unfunded-chat",
  "retired-model",
  "model-denied",
  "unprocessable",
  "rate-limited",
  "rate-limited-retry-after",
  "overloaded",
  "overloaded-then-well",
  "server-error",
  "false-401",
  "forbidden",
  "not-found",
  "keep-alive-then-answer",
  "keep-alive-forever",
  "blank",
  "not-json",
  "wrong-content-type",
  "slow",
  "stalled-body",
  "reset",
  "reset-mid-body",
  "huge",
  "redirect",
  "no-capacity",
  "empty-choices",
  "no-models",
  "no-list",
  "gateway",
  "echoing",
] as const;

export type ScenarioName = (typeof scenarioNames)[number];

export interface Scenario extends Answers {
  /** One line for a person. */
  readonly description: string;
}

/** The scenarios of a service, in the order of their names: those for which its reply is known. */
export function scenariosOf(profile: Profile): ReadonlyMap<ScenarioName, Scenario> {
  const service = new Service(profile);
  const made = {
    ...keyScenarios(service),
    ...modelScenarios(service),
    ...faultScenarios(service),
    ...wireScenarios(service),
    ...(profile === deepSeek ? deepSeekScenarios(service) : {}),
  };
  return new Map(
    scenarioNames.flatMap((name) => {
      const scenario = made[name];
      return scenario === undefined ? [] : [[name, scenario] as const];
    }),
  );
}

type Scenarios = Partial<Record<ScenarioName, Scenario | undefined>>;

/** What the service says of the key or its account. */
function keyScenarios(service: Service): Scenarios {
  const { profile, well } = service;
  const { wrongKey, unfunded } = profile.refusals;
  const { balance } = profile;
  const reject = service.refusal("wrongKey");
  return {
    good: { description: "Everything works.", ...well },
    "wrong-key": scenario(reject, `${wrongKey?.status}: the service does not know the key.`, (answer) =>
      service.always(answer),
    ),
    "false-401": scenario(
      reject,
      `${wrongKey?.status} to the first request of each call, then good answers, as seen in outages.`,
      (answer) => service.first(answer),
    ),
    unfunded: scenario(
      unfunded,
      balance === undefined
        ? `The key works, but its account has insufficient balance, or its budget is used up: chat answers ${unfunded?.status}.`
        : `The key works, but its account has insufficient balance: GET /user/balance reports it, and chat answers ${unfunded?.status}.`,
      (refusal) => ({
        ...service.refusedChat(refusal),
        ...(balance !== undefined && { balance: () => json(200, balance.insufficient) }),
      }),
    ),
    forbidden: alwaysRefused(service, "forbidden"),
  };
}

/** What the service says of the model, and its list of models. */
function modelScenarios(service: Service): Scenarios {
  const { profile, well } = service;
  const { deniedModel } = profile.refusals;
  const unserved = unservedModel(profile);
  const notFound: Answer = (question) => refused(profile.unknownPath, question);
  return {
    "retired-model": scenario(unserved, `Chat answers ${unserved?.status}: the model was switched off.`, (refusal) =>
      service.refusedChat(refusal),
    ),
    "model-denied": scenario(
      deniedModel,
      `Chat answers ${deniedModel?.status}: the key may not use the model.`,
      (refusal) => service.refusedChat(refusal),
    ),
    "empty-choices": {
      description: "Chat answers 200 with an empty list of choices.",
      ...well,
      chat: (question) => answerChat(profile, question, () => []),
    },
    // A list that is public is the same for each key.
    ...(profile.hasPublicList !== true && {
      "no-models": {
        description: "The list of models is empty.",
        ...well,
        models: () => json(200, listOf(profile, [])),
      },
    }),
    // An error with 200 is not an absent list.
    ...(profile.hasPublicList !== true &&
      profile.unknownPath.status === 404 && {
        "no-list": {
          description: `Without a list of models: GET /models answers ${profile.unknownPath.status}. Chat works.`,
          ...well,
          models: notFound,
        },
      }),
  };
}

/** How the service fails. */
function faultScenarios(service: Service): Scenarios {
  const { profile, well } = service;
  const { rateLimited, overloaded } = profile.refusals;
  const { brokenFinish } = profile;
  return {
    "rate-limited": alwaysRefused(service, "rateLimited", ", without Retry-After"),
    "rate-limited-retry-after": scenario(
      service.refusal("rateLimited"),
      `${rateLimited?.status} with 'Retry-After: 1' to the first request of each call, then good answers.`,
      (answer) => service.first(answer, { "retry-after": "1" }),
    ),
    overloaded: alwaysRefused(service, "overloaded"),
    "overloaded-then-well": scenario(
      service.refusal("overloaded"),
      `${overloaded?.status} to the first request of each call, then good answers.`,
      (answer) => service.first(answer),
    ),
    "server-error": alwaysRefused(service, "failing"),
    "not-found": {
      description: `Always ${profile.unknownPath.status}, as with a wrong base URL.`,
      ...service.always((question) => refused(profile.unknownPath, question)),
    },
    "no-capacity": scenario(
      brokenFinish,
      `Chat answers 200 with finish_reason '${brokenFinish}'.`,
      (finish_reason) => ({
        ...well,
        chat: (question) => answerChat(profile, question, (choice) => [{ ...choice, finish_reason }]),
      }),
    ),
  };
}

const portal = "<!doctype html><title>Welcome</title><p>Sign in to use this network.</p>";

/** What happens between the service and the client, at any service. */
function wireScenarios(service: Service): Scenarios {
  return {
    "keep-alive-then-answer": {
      description: "Headers immediately, blank lines for a while, then the answer.",
      ...service.wellBut({ delivery: "after-blank-lines" }),
    },
    "keep-alive-forever": {
      description: "200 and a blank line every 50 ms, never an answer.",
      ...service.always(() => ({ ...json(200, ""), delivery: "blank-lines-forever" })),
    },
    blank: { description: "200 with only newlines.", ...service.wellBut({ status: 200, body: "\n".repeat(8) }) },
    "not-json": {
      description: "200 with the sign-in page of a captive portal.",
      ...service.always(() => text(200, portal, { "content-type": "text/html; charset=utf-8" })),
    },
    "wrong-content-type": {
      description: "Good answers, labelled application/octet-stream.",
      ...service.wellBut({ headers: { "content-type": "application/octet-stream" } }),
    },
    slow: { description: "Good answers after a minute.", ...service.wellBut({ delivery: "late" }) },
    "stalled-body": {
      description: "Half of the answer, then nothing.",
      ...service.wellBut({ delivery: "half-then-silence" }),
    },
    reset: { description: "The connection is reset before an answer.", ...service.wellBut({ delivery: "cut" }) },
    "reset-mid-body": {
      description: "The connection ends in the middle of the answer.",
      ...service.wellBut({ delivery: "half-then-cut" }),
    },
    huge: {
      description: "200 with a body of 64 MiB.",
      ...service.always(() => ({ ...json(200, ""), delivery: "flood" })),
    },
    redirect: {
      description: "307 to another origin. The sandbox records requests that follow the redirect.",
      ...service.always(({ elsewhere }) => text(307, "", { location: elsewhere })),
    },
  };
}

/** A hostile error message: the key, plain and encoded, terminal escapes, and 100 kB of text. */
const hostile = (key: string): string =>
  `key ${key} ${Buffer.from(key).toString("base64")} \u001b[31mred\u001b[0m ${"x".repeat(100_000)}`;

const echoing =
  (status: number): Answer =>
  ({ key }) =>
    json(status, bodies.errorBody(hostile(key), "invalid_request_error"));

/** Replies that only DeepSeek has, and those of a gateway in front of it. */
function deepSeekScenarios(service: Service): Scenarios {
  const { profile, well } = service;
  const { balance: _, ...rest } = profile;
  const gateway = new Service({
    ...rest,
    list: bodies.gatewayList,
    unknownPath: fastApiNotFound,
    refusals: { ...profile.refusals, thinking: gateways.litellm.refusals.thinking },
  });
  const notFound: Answer = (question) => refused(fastApiNotFound, question);
  return {
    "wrong-key-plain": scenario(service.refusal("withoutKey"), "401 as plain text instead of JSON.", (answer) =>
      service.always(answer),
    ),
    "unfunded-chat": scenario(
      profile.refusals.unfunded,
      "GET /user/balance reports a sufficient balance, but chat answers 402.",
      (refusal) => service.refusedChat(refusal),
    ),
    unprocessable: {
      description: "Chat answers 422: it cannot read the request.",
      ...well,
      chat: () => json(422, bodies.unreadableBody),
    },
    "no-list": {
      description: "A gateway without a list of models: GET /models answers 404, as does the balance. Chat works.",
      ...well,
      models: notFound,
      balance: notFound,
    },
    gateway: {
      description: "An OpenAI-compatible gateway: it has no balance call, and chat refuses the field 'thinking'.",
      ...gateway.well,
    },
    echoing: {
      description: "Error messages that contain the key, terminal escape sequences and 100 kB of text.",
      ...service.always(echoing(503)),
      chat: echoing(400),
    },
  };
}

/** A scenario that needs a reply of the service; none if that is not known. */
function scenario<Known>(
  known: Known | undefined,
  description: string,
  answers: (known: Known) => Answers,
): Scenario | undefined {
  return known === undefined ? undefined : { description, ...answers(known) };
}

function alwaysRefused(service: Service, kind: RefusalKind, addition = ""): Scenario | undefined {
  const description = `Always ${service.profile.refusals[kind]?.status}${addition}.`;
  return scenario(service.refusal(kind), description, (answer) => service.always(answer));
}
