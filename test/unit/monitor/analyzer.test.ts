import { fileURLToPath } from "node:url";
import { Analyzer } from "@pulumi/pulumi/provider/experimental/analyzer.js";
import { describe, expect, it } from "vitest";
import { type AlarmKind, alarmKinds, isOnBalance, isOnTopic } from "../../../monitor/alarms/catalog.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

function settingsOf(kind: AlarmKind): string {
  if (isOnTopic(kind)) return "TopicAlarmArgs";
  return isOnBalance(kind) ? "BalanceAlarmArgs" : "AlarmArgs";
}

describe("Pulumi's component analyzer", () => {
  // The analyzer compiles the whole package once.
  const { components, typeDefinitions } = new Analyzer(
    root,
    "deepseek",
    { main: "monitor/index.ts" },
    new Set(["DeepSeekMonitor"]),
  ).analyze();
  const inputs = components["DeepSeekMonitor"]?.inputs ?? {};

  const reference = (name: string) => ({ $ref: `#/types/deepseek:index:${name}` });
  /** A property as the analyzer describes it, without its description. */
  const shapeOf = (property: object | undefined) => ({ ...property, description: undefined });
  const shapesOf = (properties: Readonly<Record<string, object>> = {}) =>
    Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, shapeOf(property)]));
  const optional = (type: object) => ({ ...type, optional: true, plain: true, description: undefined });
  const late = (type: object) => ({ ...type, optional: true, description: undefined });
  const text = { type: "string" };

  it("sees every argument of the monitor with its type", () => {
    expect(shapesOf(inputs)).toEqual({
      connections: {
        type: "object",
        additionalProperties: { ...reference("MonitoredConnectionArgs"), plain: true },
        plain: true,
        description: undefined,
      },
      scheduleExpression: optional(text),
      testCall: optional(reference("TestCall")),
      notify: optional(reference("NotifyArgs")),
      alarms: optional(reference("AlarmsArgs")),
      runbookUrl: optional(text),
      kmsKeyArn: late(text),
      vpc: optional(reference("VpcArgs")),
      logRetentionDays: optional({ type: "number" }),
      heartbeatUrl: late(text),
      dashboard: optional({ type: "boolean" }),
      detail: optional(reference("Detail")),
    });
  });

  it.each([
    ["TestCall", ["chat", "models"]],
    ["Detail", ["connection", "fleet"]],
    ["Severity", ["page", "ticket"]],
  ])("sees the values of '%s', each with a name and a description", (name, values) => {
    const members = typeDefinitions[name]?.enum ?? [];
    expect(members.map(({ value }) => value)).toEqual(values);
    for (const member of members) {
      expect(member.name).toMatch(/^[A-Z]/);
      expect(member.description).toMatch(/\.$/);
    }
  });

  it("sees the fields of a connection, an alarm and a notification", () => {
    expect(shapesOf(typeDefinitions["AlarmArgs"]?.properties)).toEqual({
      enabled: optional({ type: "boolean" }),
      severity: optional(reference("Severity")),
      threshold: optional({ type: "number" }),
    });
    expect(shapesOf(typeDefinitions["AlarmsArgs"]?.properties)).toEqual(
      Object.fromEntries(alarmKinds.map((kind) => [kind, optional(reference(settingsOf(kind)))])),
    );
    expect(shapesOf(typeDefinitions["BalanceAlarmArgs"]?.properties)).toEqual({
      enabled: optional({ type: "boolean" }),
      severity: optional(reference("Severity")),
      threshold: optional(reference("BalanceAmounts")),
    });
    expect(shapesOf(typeDefinitions["TopicAlarmArgs"]?.properties)).toEqual({ enabled: optional({ type: "boolean" }) });
    expect(shapesOf(typeDefinitions["BalanceAmounts"]?.properties)).toEqual({
      USD: optional({ type: "number" }),
      CNY: optional({ type: "number" }),
    });
    expect(shapesOf(typeDefinitions["NotifyArgs"]?.properties)).toEqual({
      emails: optional({ type: "array", items: { type: "string", plain: true } }),
      page: late(text),
      ticket: late(text),
    });
    expect(Object.keys(typeDefinitions["MonitoredConnectionArgs"]?.properties ?? {})).toEqual([
      "apiKey",
      "secretArn",
      "secretField",
      "baseUrl",
      "headers",
      "allowInsecureHttp",
      "defaultModel",
      "displayName",
      "keyCreatedAt",
    ]);
    expect(shapesOf(typeDefinitions["MonitoredConnectionArgs"]?.properties)).toMatchObject({
      headers: late({ type: "object", additionalProperties: text }),
      allowInsecureHttp: late({ type: "boolean" }),
    });
  });
});
