import * as pulumi from "@pulumi/pulumi";
import { DeepSeekConnection } from "pulumi-deepseek";

const config = new pulumi.Config();
const environment = pulumi.getStack();

const connection = new DeepSeekConnection("main", {
  baseUrl: config.get("baseUrl"),
  displayName: `DeepSeek of ${environment}`,
  // Insufficient balance is only a warning in development, but stops a deployment to production.
  verify: environment === "prod" ? "strict" : "standard",
});

export const { status, keyFingerprint, openai } = connection;
