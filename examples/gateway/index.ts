import * as pulumi from "@pulumi/pulumi";
import { DeepSeekConnection } from "pulumi-deepseek";

const config = new pulumi.Config();

const connection = new DeepSeekConnection("gateway", {
  baseUrl: config.require("baseUrl"),
  apiKey: config.requireSecret("virtualKey"),
  // As the gateway calls it, which need not be DeepSeek's own name.
  defaultModel: config.require("model"),
});

export const { status, statusReason, defaultModel, servedModel, keyFingerprint, openai } = connection;
