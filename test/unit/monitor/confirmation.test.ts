import * as pulumi from "@pulumi/pulumi";
import { afterEach, expect, it, vi } from "vitest";
import { deploy, least } from "./support/deploy.ts";

afterEach(() => vi.restoreAllMocks());

const notify = { emails: ["on-call@example.com"] };

/** Sets what AWS reports about a subscription as one of its inputs, because the mocks return inputs as outputs. */
function subscriptions(pendingConfirmation: boolean): pulumi.ComponentResourceOptions {
  return {
    transformations: [
      ({ type, props, opts }) =>
        type === "aws:sns/topicSubscription:TopicSubscription"
          ? { props: { ...props, pendingConfirmation }, opts }
          : undefined,
    ],
  };
}

it("an unconfirmed email address causes a warning that says what to do", async () => {
  const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
  await deploy({ ...least, notify }, subscriptions(true));
  expect(warn).toHaveBeenCalledTimes(1);
  expect(warn.mock.calls[0]?.[0]).toMatch(/^on-call@example\.com receives no alerts yet: open the link in AWS's email/);
});

it("a confirmed email address causes no warning", async () => {
  const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
  await deploy({ ...least, notify }, subscriptions(false));
  expect(warn).not.toHaveBeenCalled();
});
