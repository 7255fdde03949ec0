import * as pulumi from "@pulumi/pulumi";
import type { OpenAIOptions } from "pulumi-deepseek";

// The stack with the same name: 'dev' reads from 'dev', 'prod' from 'prod'.
const environment = `${pulumi.getOrganization()}/deepseek-environments/${pulumi.getStack()}`;
const shared = new pulumi.StackReference(environment);

// A secret in that stack, and also in this one.
export const openai = shared.requireOutput("openai") as pulumi.Output<OpenAIOptions>;
export const keyFingerprint = shared.requireOutput("keyFingerprint");
