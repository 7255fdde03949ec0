import { Logger } from "@aws-lambda-powertools/logger";
import { nodeHttp } from "../../provider/deepseek/http-node.ts";
import { systemClock } from "../../provider/deepseek/retry.ts";
import { createHandler, type Handler } from "./handler.ts";
import { secretsManager } from "./secrets-manager.ts";

export { createHandler, type Dependencies, type Handler, type InvocationContext, type RunSummary } from "./handler.ts";
export { SecretUnreadableError } from "./secret-problems.ts";
export type { ReadSecret, Secret } from "./secrets.ts";

/** The function that Lambda calls. */
export const handler: Handler = createHandler({
  environment: process.env,
  http: nodeHttp,
  readSecret: secretsManager(process.env),
  clock: systemClock,
  print: (line) => process.stdout.write(`${line}\n`),
  log: new Logger({ serviceName: "deepseek-monitor" }),
});
