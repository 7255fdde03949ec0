import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { DeepSeekConnection } from "pulumi-deepseek";
import { DeepSeekMonitor } from "pulumi-deepseek/monitor";

const config = new pulumi.Config();
const connection = new DeepSeekConnection("prod", { baseUrl: config.get("baseUrl") });

const page = topicForAlarms("deepseek-page");
const ticket = topicForAlarms("deepseek-ticket");

// Alarms that start or end, but not the first OK of each new alarm.
const worthTelling = { $or: [{ NewStateValue: ["ALARM"] }, { OldStateValue: ["ALARM"] }] };

// PagerDuty gets alarms of severity page. It opens an incident at ALARM and resolves it at OK.
new aws.sns.TopicSubscription("pagerduty", {
  topic: page.arn,
  protocol: "https",
  endpoint: config.requireSecret("pagerDutyUrl"),
  endpointAutoConfirms: true,
  filterPolicyScope: "MessageBody",
  filterPolicy: JSON.stringify(worthTelling),
});

// Slack gets all alarms. Amazon Q Developer in chat applications creates the subscriptions itself.
const role = new aws.iam.Role("chat", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "chatbot.amazonaws.com" }),
});
// Needed for the graph below an alarm's message.
new aws.iam.RolePolicyAttachment("chat", {
  role: role.name,
  policyArn: aws.iam.ManagedPolicy.CloudWatchReadOnlyAccess,
});
new aws.chatbot.SlackChannelConfiguration("slack", {
  configurationName: pulumi.interpolate`deepseek-${pulumi.getStack()}`,
  slackTeamId: config.require("slackTeamId"),
  slackChannelId: config.require("slackChannelId"),
  iamRoleArn: role.arn,
  // Without this, the guardrail for everyone in the channel is 'AdministratorAccess'.
  guardrailPolicyArns: [aws.iam.ManagedPolicy.CloudWatchReadOnlyAccess],
  snsTopicArns: [page.arn, ticket.arn],
});

const monitor = new DeepSeekMonitor("health", {
  connections: { prod: connection },
  notify: { page: page.arn, ticket: ticket.arn },
});

export const { monitorName, pageTopicArn, ticketTopicArn } = monitor;

/** A topic to which this account's alarms may publish. */
function topicForAlarms(name: string): aws.sns.Topic {
  const topic = new aws.sns.Topic(name);
  const account = aws.getCallerIdentityOutput().accountId;
  new aws.sns.TopicPolicy(name, {
    arn: topic.arn,
    policy: pulumi.jsonStringify({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "AlarmsOfThisAccount",
          Effect: "Allow",
          Principal: { Service: "cloudwatch.amazonaws.com" },
          Action: "sns:Publish",
          Resource: topic.arn,
          Condition: { StringEquals: { "aws:SourceAccount": account } },
        },
      ],
    }),
  });
  return topic;
}
