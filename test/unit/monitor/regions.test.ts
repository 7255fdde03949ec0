import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { type AwsLocation, requireRegion } from "../../../monitor/resources/aws-location.ts";
import { account, deploy, known, least, region } from "./support/deploy.ts";

const location: AwsLocation = { region, account, partition: "aws", dnsSuffix: "amazonaws.com" };
const topicIn = (place: string) => `arn:aws:sns:${place}:${account}:on-call`;

const at = { monitor: "health", path: ["notify", "page"] };

it("a topic in another Region is refused, with both Regions and what to do", () => {
  expect(requireRegion(location, topicIn(region), at)).toBe(topicIn(region));
  expect(() => requireRegion(location, topicIn("us-east-1"), at)).toThrow(pulumi.RunError);
  expect(() => requireRegion(location, topicIn("us-east-1"), at)).toThrow(
    /notify\.page: is in the Region us-east-1, but the monitor is in eu-central-1, .*Set the ARN of one in eu-central-1.*\[region-differs\]/,
  );
});

it("topics and a KMS key in the monitor's Region reach the alarms and the secrets", async () => {
  const kmsKeyArn = `arn:aws:kms:${region}:${account}:key/0a1b2c3d`;
  const { monitor, one } = await deploy({ ...least, kmsKeyArn, notify: { page: topicIn(region) } });
  expect(await known(monitor.pageTopicArn)).toBe(topicIn(region));
  expect(one("secretsmanager/secret:Secret").inputs["kmsKeyId"]).toBe(kmsKeyArn);
  expect(one("sns/topic:Topic").inputs["kmsMasterKeyId"]).toBe(kmsKeyArn);
});
