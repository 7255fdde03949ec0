import { getCallerIdentityOutput } from "@pulumi/aws/getCallerIdentity";
import { getPartitionOutput } from "@pulumi/aws/getPartition";
import { getRegionOutput } from "@pulumi/aws/getRegion";
import * as pulumi from "@pulumi/pulumi";
import { problem } from "../../provider/core/problems.ts";
import { message } from "../argument-messages.ts";
import { type Location, refusal } from "../settings.ts";

/** A Region of an AWS account. */
export interface AwsLocation {
  readonly region: string;
  readonly account: string;
  /** `aws`, `aws-cn`, `aws-us-gov`, … */
  readonly partition: string;
  /** The suffix of the hosts of AWS's services: `amazonaws.com`, `amazonaws.com.cn`, … */
  readonly dnsSuffix: string;
}

/** Returns where the component's resources are created, which can differ from the program's default Region. */
export function awsLocationOf(parent: pulumi.Resource): pulumi.Output<AwsLocation> {
  const options = { parent };
  return pulumi
    .all([getRegionOutput({}, options), getCallerIdentityOutput({}, options), getPartitionOutput({}, options)])
    .apply(([{ region }, { accountId }, { partition, dnsSuffix }]) => ({
      region,
      account: accountId,
      partition,
      dnsSuffix,
    }));
}

/**
 * Checks that a resource of the user's own is in the monitor's Region: alarms cannot publish to a topic of another Region, and
 * neither topics nor secrets can use a key of another Region.
 *
 * @returns the ARN
 * @throws pulumi.RunError if it is in another Region
 */
export function requireRegion({ region }: AwsLocation, arn: string, { monitor, path }: Location): string {
  const other = String(arn.split(":")[3]);
  if (other === region) return arn;
  throw refusal(monitor, [problem("region-differs", path, message("region-differs", { other, region }))]);
}

/** Returns the console's URL of a dashboard. */
export function dashboardUrl(location: AwsLocation, dashboard: string): string {
  return cloudWatchPage(location, `dashboards/dashboard/${dashboard}`);
}

/**
 * Returns the console's URL of a query of CloudWatch Logs Insights over the last day, with its log group.
 *
 * AWS does not document the format: the console encodes the query's settings so. In texts, `*` and two hex digits stand for a
 * character, and in the fragment, `$` stands for `%`.
 */
export function logQueryUrl(location: AwsLocation, logGroup: string, query: string): string {
  const text = (value: string) => `'${[...Buffer.from(value)].map(encodeByte).join("")}`;
  const settings = [
    "end~0~start~-86400",
    `timeType~${text("RELATIVE")}`,
    `unit~${text("seconds")}`,
    `editorString~${text(query)}`,
    `source~(~${text(logGroup)})`,
  ];
  return cloudWatchPage(location, `logsV2:logs-insights$3FqueryDetail$3D~(${settings.join("~")})`);
}

function encodeByte(byte: number): string {
  const character = String.fromCharCode(byte);
  return /[A-Za-z0-9_.-]/.test(character) ? character : `*${byte.toString(16).padStart(2, "0")}`;
}

function cloudWatchPage({ region, partition }: AwsLocation, page: string): string {
  return `https://${hosts[partition] ?? "console.aws.amazon.com"}/cloudwatch/home?region=${region}#${page}`;
}

/** The console's host by partition. Source: AWS's endpoints of the Management Console. */
const hosts: Readonly<Record<string, string>> = {
  "aws-cn": "console.amazonaws.cn",
  "aws-us-gov": "console.amazonaws-us-gov.com",
  "aws-eusc": "console.amazonaws-eusc.eu",
};
