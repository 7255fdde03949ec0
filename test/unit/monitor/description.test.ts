import { describe, expect, it } from "vitest";
import { alarmDefinitions, alarmKinds, alarmTexts, runbookAnchor } from "../../../monitor/alarms/catalog.ts";
import { describeAlarm } from "../../../monitor/alarms/description.ts";
import { alarmName, endpointSubject, queryName } from "../../../monitor/names.ts";
import { dashboardUrl, logQueriesUrl } from "../../../monitor/resources/aws-location.ts";

const location = { region: "ap-southeast-7", account: "111122223333", partition: "aws", dnsSuffix: "amazonaws.com" };
const usual = context("health-1a2b3c4", "Connection prod", "https://example.com/RUNBOOK.md");

/** The longest names. A monitor's name in AWS has at most 64 characters, as that of an IAM role. */
const longest = context(
  "x".repeat(64),
  `Connection ${"y".repeat(32)} (${"z".repeat(100)})`,
  `https://${"r".repeat(292)}`,
);

function context(monitor: string, subject: string, runbookUrl: string) {
  return {
    subject,
    runbookUrl,
    dashboardUrl: dashboardUrl(location, monitor),
    logQueriesUrl: logQueriesUrl(location),
    queryName: queryName(monitor),
  };
}

describe.each(alarmKinds)("the description of '%s'", (kind) => {
  it("says what is wrong, why, what to do, how to check, and where to look", () => {
    const text = describeAlarm(kind, usual);
    const { wrong, cause, nextStep, check } = alarmTexts[kind];
    for (const part of ["Connection prod", wrong, cause, nextStep, check]) expect(text).toContain(part);
    expect(text).toContain(`Runbook: https://example.com/RUNBOOK.md#${runbookAnchor(kind)}\n`);
    expect(text).toContain(`Dashboard: ${usual.dashboardUrl}\n`);
    expect(text.endsWith(`Log query health-1a2b3c4/failures: ${usual.logQueriesUrl}`)).toBe(true);
    expect(text.length).toBeLessThanOrEqual(1_024);
  });

  it("with the longest names and addresses fits 1,024 characters, with every link complete", () => {
    const text = describeAlarm(kind, longest);
    expect(text.length).toBeLessThanOrEqual(1_024);
    expect(text).toContain(longest.subject);
    expect(text).toContain(alarmTexts[kind].wrong.slice(0, 60));
    for (const link of [`${longest.runbookUrl}#${runbookAnchor(kind)}\n`, `${longest.dashboardUrl}\n`]) {
      expect(text).toContain(link);
    }
    expect(text.endsWith(longest.logQueriesUrl)).toBe(true);
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

  it("leave out the dashboard if there is none", () => {
    expect(describeAlarm("slow", { ...usual, dashboardUrl: undefined })).not.toContain("Dashboard:");
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
