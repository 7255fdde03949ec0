import { getCallerIdentityOutput } from "@pulumi/aws/getCallerIdentity";
import { getPartitionOutput } from "@pulumi/aws/getPartition";
import { getRegionOutput } from "@pulumi/aws/getRegion";
import * as pulumi from "@pulumi/pulumi";

/** A Region of an AWS account. */
export interface AwsLocation {
  readonly region: string;
  readonly account: string;
  /** `aws`, `aws-cn`, `aws-us-gov`, … */
  readonly partition: string;
}

/** Returns where the component's resources are created, which can differ from the program's default Region. */
export function awsLocationOf(parent: pulumi.Resource): pulumi.Output<AwsLocation> {
  const options = { parent };
  return pulumi
    .all([getRegionOutput({}, options), getCallerIdentityOutput({}, options), getPartitionOutput({}, options)])
    .apply(([{ region }, { accountId }, { partition }]) => ({ region, account: accountId, partition }));
}

/** Returns the console's URL of a dashboard. */
export function dashboardUrl(location: AwsLocation, dashboard: string): string {
  return cloudWatchPage(location, `dashboards/dashboard/${dashboard}`);
}

/** Returns the console's URL of saved log queries. */
export function logQueriesUrl(location: AwsLocation): string {
  return cloudWatchPage(location, "logsV2:logs-insights");
}

function cloudWatchPage({ region, partition }: AwsLocation, page: string): string {
  return `https://${hosts[partition] ?? "console.aws.amazon.com"}/cloudwatch/home?region=${region}#${page}`;
}

/** The console's host by partition. Source: AWS's endpoints of the Management Console. */
const hosts: Readonly<Record<string, string>> = {
  "aws-cn": "console.amazonaws.cn",
  "aws-us-gov": "console.amazonaws-us-gov.com",
};
