import * as pulumi from "@pulumi/pulumi";
import type { OpenAIOptions } from "pulumi-deepseek";

// The stack of the same name: 'dev' reads from 'dev', 'prod' from 'prod'.
const environment = `${pulumi.getOrganization()}/deepseek-environments/${pulumi.getStack()}`;
const shared = new pulumi.StackReference(environment);

// It is a secret there, and stays one here.
export const openai = shared.requireOutput("openai") as pulumi.Output<OpenAIOptions>;
export const keyFingerprint = shared.requireOutput("keyFingerprint");
