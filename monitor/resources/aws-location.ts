import { getCallerIdentityOutput } from "@pulumi/aws/getCallerIdentity";
import { getPartitionOutput } from "@pulumi/aws/getPartition";
import { getRegionOutput } from "@pulumi/aws/getRegion";
import * as pulumi from "@pulumi/pulumi";

/** Where the component's resources go: its own provider is asked, so that it may be another Region than the program's. */
export function placeOf(parent: pulumi.Resource): pulumi.Output<Place> {
  const options = { parent };
  return pulumi
    .all([getRegionOutput({}, options), getCallerIdentityOutput({}, options), getPartitionOutput({}, options)])
    .apply(([{ region }, { accountId }, { partition }]) => ({ region, account: accountId, partition }));
}

/** Where in AWS something is. */
export interface Place {
  readonly region: string;
  readonly account: string;
  /** `aws`, `aws-cn`, `aws-us-gov`, … */
  readonly partition: string;
}

/** The host of the console by partition. Source: AWS's endpoints of the Management Console. */
const hosts: Readonly<Record<string, string>> = {
  "aws-cn": "console.amazonaws.cn",
  "aws-us-gov": "console.amazonaws-us-gov.com",
};

/** The console's page of a dashboard. */
export function dashboardUrl(place: Place, dashboard: string): string {
  return cloudWatch(place, `dashboards/dashboard/${dashboard}`);
}

/** The console's page of saved log queries. */
export function logQueriesUrl(place: Place): string {
  return cloudWatch(place, "logsV2:logs-insights");
}

function cloudWatch({ region, partition }: Place, page: string): string {
  return `https://${hosts[partition] ?? "console.aws.amazon.com"}/cloudwatch/home?region=${region}#${page}`;
}
