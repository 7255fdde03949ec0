import * as pulumi from "@pulumi/pulumi";
import { DeepSeekConnection } from "pulumi-deepseek";

const config = new pulumi.Config();

// The key is in the stack's configuration (`pulumi config set --secret deepseek:apiKey`), so a pull request can change
// it.
const connection = new DeepSeekConnection("main", { baseUrl: config.get("baseUrl") });

export const { status, defaultModel, keyFingerprint, openai } = connection;
