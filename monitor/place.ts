import { getCallerIdentityOutput } from "@pulumi/aws/getCallerIdentity";
import { getPartitionOutput } from "@pulumi/aws/getPartition";
import { getRegionOutput } from "@pulumi/aws/getRegion";
import * as pulumi from "@pulumi/pulumi";
import type { Place } from "./console.ts";

/** Where the component's resources go: its own provider is asked, so that it may be another Region than the program's. */
export function placeOf(parent: pulumi.Resource): pulumi.Output<Place> {
  const options = { parent };
  return pulumi
    .all([getRegionOutput({}, options), getCallerIdentityOutput({}, options), getPartitionOutput({}, options)])
    .apply(([{ region }, { accountId }, { partition }]) => ({ region, account: accountId, partition }));
}
