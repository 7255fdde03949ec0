import * as pulumi from "@pulumi/pulumi";
import { DeepSeekConnection } from "pulumi-deepseek";

const config = new pulumi.Config();

const connection = new DeepSeekConnection("main", {
  baseUrl: config.get("baseUrl"),
  keyCreatedAt: config.require("keyCreatedAt"),
  rotateAfterDays: 90,
});

export const { status, keyFingerprint, keyCreatedAt, openai } = connection;
