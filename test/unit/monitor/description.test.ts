import { describe, expect, it } from "vitest";
import { alarmDefinitions, alarmKinds } from "../../../monitor/alarms/catalog.ts";
import { type DescriptionContext, describeAlarm } from "../../../monitor/alarms/description.ts";
import { alarmTexts, runbookAnchor } from "../../../monitor/alarms/texts.ts";
import type { DeepSeekMonitorArgs } from "../../../monitor/index.ts";
import { Severity } from "../../../monitor/index.ts";
import { alarmName, endpointSubject, queryName } from "../../../monitor/names.ts";
import { dashboardUrl, logQueryUrl } from "../../../monitor/resources/aws-location.ts";
import { shortFailuresQuery } from "../../../monitor/resources/dashboard.ts";
import { RUNBOOK_URL } from "../../../monitor/schema.ts";
import { exampleKey } from "../../support/keys.ts";
import { deploy } from "./support/deploy.ts";

const location = { region: "ap-southeast-7", account: "111122223333", partition: "aws", dnsSuffix: "amazonaws.com" };

/** The facts of one connection of a monitor with usual names. */
const usual: DescriptionContext = {
  subject: "Connection prod",
  severity: Severity.Page,
  stack: "web/production",
  baseUrls: ["api.deepseek.com"],
  models: ["deepseek-flash"],
  ...linksOf("health-1a2b3c4", RUNBOOK_URL),
};

/** The longest names. A monitor's name in AWS has at most 64 characters, as that of an IAM role. */
const longest: DescriptionContext = {
  subject: `Connection ${"y".repeat(32)} (${"z".repeat(100)})`,
  severity: Severity.Ticket,
  stack: `${"p".repeat(100)}/${"s".repeat(100)}`,
  baseUrls: [endpointSubject(`https://${"h".repeat(250)}/v1`)],
  models: ["m".repeat(200)],
  ...linksOf("x".repeat(64), `https://${"r".repeat(192)}`),
};

function linksOf(monitor: string, runbookUrl: string) {
  return {
    runbookUrl,
    dashboardUrl: dashboardUrl(location, monitor),
    failuresUrl: logQueryUrl(location, `/aws/lambda/${monitor}`, shortFailuresQuery),
    queryName: queryName(monitor),
  };
}

describe.each(alarmKinds)("the description of '%s'", (kind) => {
  it("says who is alerted about what, what is wrong, why, what to do, how to check, and where to look", () => {
    const text = describeAlarm(kind, usual);
    const { wrong, cause, nextStep, check } = alarmTexts[kind];
    expect(text.split("\n").slice(0, 8)).toEqual([
      "Connection prod",
      "Severity page, stack web/production, api.deepseek.com, model deepseek-flash",
      "While in ALARM (OK: nothing to do):",
      wrong,
      `Likely cause: ${cause}`,
      `Next step: ${nextStep}`,
      `Check: ${check}`,
      `Runbook: ${RUNBOOK_URL}#${runbookAnchor(kind)}`,
    ]);
    expect(text).toContain(`\nFailures: ${usual.failuresUrl}\nDashboard: ${usual.dashboardUrl}`);
    expect(text.length).toBeLessThanOrEqual(1_024);
  });

  it("with the longest names and addresses fits 1,024 characters, with what to do and how to check complete", () => {
    const text = describeAlarm(kind, longest);
    expect(text.length).toBeLessThanOrEqual(1_024);
    const { wrong, nextStep, check } = alarmTexts[kind];
    for (const part of [longest.subject, wrong, nextStep, check]) expect(text).toContain(part);
    expect(text).toContain(`Runbook: ${longest.runbookUrl}#${runbookAnchor(kind)}\n`);
    expect(text).toContain(longest.queryName);
    expect(text).not.toContain("Dashboard:");
  });

  it("has a name of at most 255 characters, whatever the base URL", () => {
    const subject = endpointSubject(`https://${"h".repeat(250)}/v1`);
    expect(alarmName("x".repeat(64), subject, alarmDefinitions[kind].title).length).toBeLessThanOrEqual(255);
  });
});

describe("the links in a description", () => {
  it("keep an anchor in runbookUrl", () => {
    const text = describeAlarm("slow", { ...usual, runbookUrl: "https://wiki.example/page#deepseek" });
    expect(text).toContain("Runbook: https://wiki.example/page#deepseek\n");
  });

  it("lose the dashboard first, then the cause, then the query's address, if the text is too long", () => {
    const withRunbook = (length: number) => {
      const text = describeAlarm("keyRejected", { ...usual, runbookUrl: `https://${"r".repeat(length)}` });
      return ["Dashboard: ", "Likely cause: ", "FailuresUrl", "Next step: ", "Check: "].map((part) =>
        text.includes(part === "FailuresUrl" ? usual.failuresUrl : part),
      );
    };
    const lost = [10, 100, 200, 300].map(withRunbook);
    expect(lost).toEqual([
      [true, true, true, true, true],
      [false, true, true, true, true],
      [false, false, true, true, true],
      [false, false, false, true, true],
    ]);
  });

  it("leave out the dashboard if there is none", () => {
    const short = { ...usual, runbookUrl: "https://r.example" };
    expect(describeAlarm("keyRejected", short)).toContain("Dashboard:");
    expect(describeAlarm("keyRejected", { ...short, dashboardUrl: undefined })).not.toContain("Dashboard:");
  });

  it("open the query with its log group, in the console's own encoding", () => {
    expect(logQueryUrl(location, "/aws/lambda/health", "fields a,b|sort a")).toBe(
      "https://console.aws.amazon.com/cloudwatch/home?region=ap-southeast-7#logsV2:logs-insights$3FqueryDetail$3D" +
        "~(end~0~start~-86400~timeType~'RELATIVE~unit~'seconds~editorString~'fields*20a*2cb*7csort*20a" +
        "~source~(~'*2faws*2flambda*2fhealth))",
    );
  });

  it.each([
    ["aws", "https://console.aws.amazon.com/"],
    ["aws-cn", "https://console.amazonaws.cn/"],
    ["aws-us-gov", "https://console.amazonaws-us-gov.com/"],
    ["aws-eusc", "https://console.amazonaws-eusc.eu/"],
  ])("lead to the console of the partition '%s'", (partition, start) => {
    expect(dashboardUrl({ ...location, partition }, "health").startsWith(start)).toBe(true);
  });
});

describe("the name of an endpoint in an alarm", () => {
  it.each([
    ["https://api.deepseek.com", "api.deepseek.com"],
    ["http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1"],
  ])("is shortened for %s", (baseUrl, subject) => {
    expect(endpointSubject(baseUrl)).toBe(subject);
  });

  it("differs for two long URLs that differ only at the end", () => {
    const [one, two] = ["a", "b"].map((end) => endpointSubject(`https://${"h".repeat(200)}/${end}`));
    expect(one).not.toBe(two);
  });
});

describe("a deployed alarm's description", () => {
  const descriptionsOf = async (args: DeepSeekMonitorArgs) => {
    const { of } = await deploy(args);
    return new Map(
      of("cloudwatch/metricAlarm:MetricAlarm").map(({ name, inputs }) => [
        name,
        String(inputs["alarmDescription"]).split("\n"),
      ]),
    );
  };

  it("has severity, stack, base URL and model of its connections", async () => {
    const apiKey = exampleKey;
    const lines = await descriptionsOf({
      connections: {
        prod: { apiKey, defaultModel: "deepseek-flash", displayName: "our production" },
        gateway: { apiKey, baseUrl: "https://gateway.example/v1", defaultModel: "other" },
      },
    });
    const head = (name: string) => lines.get(name)?.slice(0, 2);
    expect(head("health/prod/keyRejected")).toEqual([
      "Connection prod (our production)",
      "Severity page, stack project/stack, api.deepseek.com, model deepseek-flash",
    ]);
    expect(head("health/gateway.example/v1/serviceFailing")).toEqual([
      "Base URL gateway.example/v1",
      "Severity ticket, stack project/stack, model other",
    ]);
    expect(head("health/shard-0/monitorSilent")).toEqual([
      "Shard 0: 2 connections, prod to gateway",
      "Severity page, stack project/stack, 2 base URLs, 2 models",
    ]);
  });
});
