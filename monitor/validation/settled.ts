import type * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { settle, settleKey } from "./late.ts";
import { rules } from "./rules.ts";
import type { MonitorSettings, NamedConnection } from "./settings.ts";

/** A connection whose late values have been checked, each as soon as it is known. */
export interface SettledConnection {
  readonly name: string;
  readonly apiKey: pulumi.Output<string> | undefined;
  readonly secretArn: pulumi.Output<string> | undefined;
  readonly secretField: string | undefined;
  readonly baseUrl: pulumi.Output<string>;
  readonly model: pulumi.Output<string | undefined>;
  readonly displayName: pulumi.Output<string>;
  readonly keyCreatedAt: pulumi.Output<string | undefined>;
}

/** The values that may be known only during the deployment. */
export interface Settled {
  readonly connections: readonly SettledConnection[];
  readonly page: pulumi.Output<string> | undefined;
  readonly ticket: pulumi.Output<string> | undefined;
  readonly kmsKeyArn: pulumi.Output<string> | undefined;
  readonly heartbeatUrl: pulumi.Output<string> | undefined;
}

/** Checks all values that may come late. */
export function settleAll(monitor: string, settings: MonitorSettings): Settled {
  const late = <Rule extends z.ZodType>(place: string, rule: Rule, value: pulumi.Input<string> | undefined) =>
    value === undefined ? undefined : settle({ monitor, place }, rule, value);
  return {
    connections: settings.connections.map((connection) => settleConnection(monitor, connection, settings)),
    page: late("notify.page", rules.topic, settings.page),
    ticket: late("notify.ticket", rules.topic, settings.ticket),
    kmsKeyArn: late("kmsKeyArn", rules.kmsKeyArn, settings.kmsKeyArn),
    heartbeatUrl: late("heartbeatUrl", rules.heartbeatUrl, settings.heartbeatUrl),
  };
}

function settleConnection(monitor: string, connection: NamedConnection, all: MonitorSettings): SettledConnection {
  const { name, apiKey, secretArn, secretField } = connection;
  const spot = (field: string) => ({ monitor, place: `connections.${name}.${field}` });
  return {
    name,
    apiKey: apiKey === undefined ? undefined : settleKey(spot("apiKey"), rules.apiKey, apiKey, all),
    secretArn: secretArn === undefined ? undefined : settle(spot("secretArn"), rules.secretArn, secretArn),
    secretField,
    baseUrl: settle(spot("baseUrl"), rules.baseUrl, connection.baseUrl),
    model: settle(spot("defaultModel"), rules.defaultModel, connection.defaultModel),
    displayName: settle(spot("displayName"), rules.displayName, connection.displayName).apply((text) => text ?? name),
    keyCreatedAt: settle(spot("keyCreatedAt"), rules.keyCreatedAt, connection.keyCreatedAt),
  };
}
