import * as pulumi from "@pulumi/pulumi";
import { DeepSeekConnection } from "pulumi-deepseek";

const config = new pulumi.Config();

const connection = new DeepSeekConnection("gateway", {
  baseUrl: config.require("baseUrl"),
  apiKey: config.requireSecret("virtualKey"),
  // The gateway's name for the model, which may differ from DeepSeek's.
  defaultModel: config.require("model"),
});

export const { status, statusReason, defaultModel, servedModel, keyFingerprint, openai } = connection;
