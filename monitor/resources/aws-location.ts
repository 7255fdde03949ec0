import { getCallerIdentityOutput } from "@pulumi/aws/getCallerIdentity";
import { getPartitionOutput } from "@pulumi/aws/getPartition";
import { getRegionOutput } from "@pulumi/aws/getRegion";
import * as pulumi from "@pulumi/pulumi";

/** Where in AWS something is. */
export interface AwsLocation {
  readonly region: string;
  readonly account: string;
  /** `aws`, `aws-cn`, `aws-us-gov`, … */
  readonly partition: string;
}

/** Where the component's resources go: its own provider is asked, so that it may be another Region than the program's. */
export function awsLocationOf(parent: pulumi.Resource): pulumi.Output<AwsLocation> {
  const options = { parent };
  return pulumi
    .all([getRegionOutput({}, options), getCallerIdentityOutput({}, options), getPartitionOutput({}, options)])
    .apply(([{ region }, { accountId }, { partition }]) => ({ region, account: accountId, partition }));
}

/** The console's page of a dashboard. */
export function dashboardUrl(location: AwsLocation, dashboard: string): string {
  return cloudWatchPage(location, `dashboards/dashboard/${dashboard}`);
}

/** The console's page of saved log queries. */
export function logQueriesUrl(location: AwsLocation): string {
  return cloudWatchPage(location, "logsV2:logs-insights");
}

function cloudWatchPage({ region, partition }: AwsLocation, page: string): string {
  return `https://${hosts[partition] ?? "console.aws.amazon.com"}/cloudwatch/home?region=${region}#${page}`;
}

/** The host of the console by partition. Source: AWS's endpoints of the Management Console. */
const hosts: Readonly<Record<string, string>> = {
  "aws-cn": "console.amazonaws.cn",
  "aws-us-gov": "console.amazonaws-us-gov.com",
};
