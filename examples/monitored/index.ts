import * as pulumi from "@pulumi/pulumi";
import { DeepSeekConnection } from "pulumi-deepseek";
import { DeepSeekMonitor } from "pulumi-deepseek/monitor";

const config = new pulumi.Config();

// The key comes from `pulumi config set --secret deepseek:apiKey`, or from DEEPSEEK_API_KEY.
const connection = new DeepSeekConnection("prod", { baseUrl: config.get("baseUrl") });

// `pulumi config set --path 'emails[0]' on-call@example.com` sets who is alerted.
const monitor = new DeepSeekMonitor("health", {
  connections: { prod: connection },
  notify: { emails: config.getObject<string[]>("emails") },
});

export const { status } = connection;
export const { monitorName, alarmNames, dashboardUrl } = monitor;
export const functionName = monitor.function.name;
export const alertTopicArn = monitor.alertTopic?.arn;
