import * as pulumi from "@pulumi/pulumi";
import { DeepSeekConnection } from "pulumi-deepseek";

const config = new pulumi.Config();

// The key comes from `pulumi config set --secret deepseek:apiKey`, or from DEEPSEEK_API_KEY.
const connection = new DeepSeekConnection("main", { baseUrl: config.get("baseUrl") });

export const { status, defaultModel, keyFingerprint, openai } = connection;
export const models = connection.models.apply((all) => all.map((model) => model.id));
