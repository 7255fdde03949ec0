import * as pulumi from "@pulumi/pulumi";
import { DeepSeekConnection } from "pulumi-deepseek";

const config = new pulumi.Config();
const environment = pulumi.getStack();

const connection = new DeepSeekConnection("main", {
  baseUrl: config.get("baseUrl"),
  displayName: `DeepSeek of ${environment}`,
  // An account without money may be a warning in development; production does not go out with it.
  verify: environment === "prod" ? "strict" : "standard",
});

export const { status, keyFingerprint, openai } = connection;
