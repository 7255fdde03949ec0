import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as pulumi from "@pulumi/pulumi";
import type { DeployedAlarm } from "./alarms/subjects.ts";
import type { Place } from "./console.ts";
import { dashboardBody } from "./dashboard-body.ts";
import { failuresQuery } from "./failures.ts";
import { queryName } from "./names.ts";
import type { MonitorSettings } from "./validation/settings.ts";

interface Context {
  readonly name: string;
  readonly identity: pulumi.Output<string>;
  readonly logGroup: cloudwatch.LogGroup;
}

/** The saved query for the latest failures, to which the alarms point. */
export function saveFailuresQuery(
  parent: pulumi.Resource,
  { name, identity, logGroup }: Context,
): cloudwatch.QueryDefinition {
  return new cloudwatch.QueryDefinition(
    name,
    { name: identity.apply(queryName), logGroupNames: [logGroup.name], queryString: failuresQuery },
    { parent },
  );
}

/** The dashboard, which is named as the monitor is. */
export function createDashboard(
  parent: pulumi.Resource,
  options: Context & {
    readonly place: pulumi.Output<Place>;
    readonly settings: MonitorSettings;
    readonly alarms: pulumi.Output<readonly DeployedAlarm[]>;
  },
): cloudwatch.Dashboard {
  const { name, identity, place, settings, alarms, logGroup } = options;
  const body = pulumi
    .all([identity, place, alarms, logGroup.name])
    .apply(([monitor, { region }, deployed, logGroupName]) =>
      dashboardBody({
        monitor,
        region,
        detail: settings.detail,
        alarmArns: deployed.map(({ arn }) => arn),
        logGroupName,
        runbookUrl: settings.runbookUrl,
      }),
    );
  return new cloudwatch.Dashboard(name, { dashboardName: identity, dashboardBody: body }, { parent });
}
