import * as pulumi from "@pulumi/pulumi";
import { afterEach, expect, it, vi } from "vitest";
import { DeepSeekMonitor, type NotifyArgs } from "../../../monitor/index.ts";
import { account, least, region, run } from "./support/deploy.ts";

afterEach(() => vi.restoreAllMocks());

const topic = (name: string) => `arn:aws:sns:${region}:${account}:${name}`;
const two = { page: topic("on-call"), ticket: topic("chat") };
const counts = (topicOf: string, expected: number, confirmed: number, pending: number) => ({
  topic: topicOf,
  expected,
  confirmed,
  pending,
});

/** Deploys a monitor whose function answers this. */
async function deployed(notify: NotifyArgs, answer: unknown, isPreview = false) {
  const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
  const info = vi.spyOn(pulumi.log, "info").mockResolvedValue();
  const { invoked } = await run(
    () => new DeepSeekMonitor("health", { ...least, notify }),
    isPreview,
    undefined,
    () => {
      if (answer instanceof Error) throw answer;
      return JSON.stringify(answer);
    },
  );
  const texts = (spy: typeof warn) => spy.mock.calls.map(([text]) => text);
  return { invoked, warned: texts(warn), informed: texts(info) };
}

it("a deployment asks the function for the subscriptions, and warns of each topic that lost one or has a pending one", async () => {
  const topics = [counts("page", 1, 0, 0), counts("ticket", 1, 1, 2)];
  const { invoked, warned } = await deployed(two, { topics });
  expect(invoked).toEqual([{ functionName: "health-1a2b3c4", input: '{"shard":"0","topics":true}' }]);
  expect(warned).toEqual([
    expect.stringMatching(
      /^DeepSeekMonitor 'health': The topic for page has lost subscriptions: 1 expected, 0 confirmed, 0 pending\..*pulumi up --refresh.*\[subscription-lost\]$/,
    ),
    expect.stringMatching(/The topic for ticket has 2 pending subscriptions.*\[subscription-pending\]$/),
  ]);
});

it("an address that is not confirmed is reported once, by its name", async () => {
  const { warned } = await deployed({ emails: ["a@example.com"] }, { topics: [counts("page and ticket", 1, 0, 1)] });
  expect(warned.filter((text) => text.includes("subscription-pending"))).toEqual([]);
});

it("a lost subscription of the monitor's own topic is reported", async () => {
  const { warned } = await deployed({ emails: ["a@example.com"] }, { topics: [counts("page and ticket", 1, 0, 0)] });
  expect(warned.filter((text) => text.includes("[subscription-lost]"))).toHaveLength(1);
});

it("a topic that cannot be read is reported with what to do", async () => {
  const topics = [{ topic: "page", expected: 1, reason: "AuthorizationError" }, counts("ticket", 1, 1, 0)];
  const { warned } = await deployed(two, { topics });
  expect(warned).toEqual([
    expect.stringMatching(/\(AuthorizationError\).*sns:GetTopicAttributes.*\[topic-unreadable\]$/),
  ]);
});

it("a deployment does not fail if the function does not answer, and says that nothing was counted", async () => {
  const { warned, informed } = await deployed(two, new Error("TooManyRequestsException"));
  expect([warned, informed]).toEqual([[], [expect.stringContaining("were not counted")]]);
});

it("another version of the function is not misread", async () => {
  expect((await deployed(two, { shard: "0", topics: [{ topic: "page" }] })).warned).toEqual([]);
});

it("a preview invokes nothing", async () => {
  expect((await deployed(two, { topics: [counts("page", 1, 0, 0)] }, true)).invoked).toEqual([]);
});
