import { nodeTransport } from "../../provider/deepseek/http-node.ts";
import { systemClock } from "../../provider/deepseek/retry.ts";
import { createHandler, type Handler } from "./handler.ts";
import { jsonLog } from "./log.ts";
import { secretsManager } from "./secrets-manager.ts";
import { topicReader } from "./topics.ts";

export { createHandler, type Dependencies, type Handler, type InvocationContext, type RunSummary } from "./handler.ts";
export { SecretUnreadableError } from "./secret-problems.ts";
export type { ReadSecret, Secret } from "./secrets.ts";

const { http, close } = nodeTransport();
const print = (line: string) => void process.stdout.write(`${line}\n`);

/** The function that Lambda calls. */
export const handler: Handler = createHandler({
  environment: process.env,
  http,
  closeConnections: close,
  readSecret: secretsManager(process.env, http),
  readTopic: topicReader(process.env, http),
  clock: systemClock,
  print,
  log: jsonLog(print),
});
