import { expect, test } from "vitest";
import { type Gauges, gaugesOf } from "../../../../monitor/lambda/gauges.ts";
import type { Call } from "../../../../provider/deepseek/endpoint.ts";
import type { UnhealthyVerdict, Verdict } from "../../../../provider/deepseek/verdict.ts";

const unhealthy = (kind: UnhealthyVerdict["kind"], call: Call, httpStatus?: number): Verdict => ({
  kind,
  code: "test",
  cause: "Cause.",
  nextStep: "Next step.",
  call,
  ...(httpStatus !== undefined && { httpStatus }),
});

const answering = { RateLimited: 0, ServiceFailing: 0 } as const;
const working = { KeyRejected: 0, ...answering } as const;

test.each<[string, Verdict, Gauges]>([
  ["that all is well", { kind: "valid" }, { ...working, Unfunded: 0, Misconfigured: 0 }],
  ["that the key works, from 402 of a chat", unhealthy("unfunded", "chat", 402), { ...working, Unfunded: 1 }],
  ["that the key works, from an empty balance", unhealthy("unfunded", "balance"), { ...working, Unfunded: 1 }],
  [
    "that key and service work, from a model that is refused",
    unhealthy("misconfigured", "chat", 400),
    { ...working, Misconfigured: 1 },
  ],
])("a verdict reports %s, if the probe proved the key", (_, verdict, gauges) => {
  expect(gaugesOf({ verdict, provesKey: true })).toEqual(gauges);
});

test.each<[string, Verdict, Gauges]>([
  [
    "that the service answers, from a rejection",
    unhealthy("invalid", "models", 401),
    { KeyRejected: 1, ServiceFailing: 0 },
  ],
  [
    "that the model is refused, and nothing about the key, from a public list and a chat",
    unhealthy("misconfigured", "chat", 400),
    { ...answering, Misconfigured: 1 },
  ],
  [
    "that the service answers, and nothing about the key, from calls that prove nothing",
    unhealthy("unverified", "models"),
    answering,
  ],
  ["nothing about the key, from a wrong address", unhealthy("misconfigured", "models", 404), { Misconfigured: 1 }],
  ["nothing about the key, from an empty list", unhealthy("misconfigured", "models"), { Misconfigured: 1 }],
  ["only the account's limit, from 429", unhealthy("indeterminate", "chat", 429), { RateLimited: 1 }],
  ...[503, 500, 408, 403, 401, 418, undefined].map((status): [string, Verdict, Gauges] => [
    `only a failing service, from HTTP ${status}`,
    unhealthy("indeterminate", "models", status),
    { ServiceFailing: 1 },
  ]),
])("a verdict reports %s, if the probe did not prove the key", (_, verdict, gauges) => {
  expect(gaugesOf({ verdict, provesKey: false })).toEqual(gauges);
});
