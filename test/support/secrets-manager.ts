import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { credentials, isSigned } from "./signed-request.ts";

/** The answer for a secret: its value, an error of AWS, or any other bytes. */
type Stored =
  | { readonly value: string; readonly createdAt?: Date }
  | { readonly status: number; readonly error: string }
  | { readonly status: number; readonly body: string }
  | "silence"
  | "reset";

/** A stand-in for AWS Secrets Manager on loopback: it checks each signature and answers `GetSecretValue`. */
export interface SecretsManager extends AsyncDisposable {
  readonly url: string;
  /** The environment of a function that uses this server. */
  readonly environment: Readonly<Record<string, string>>;
  /** Sets the answers for a secret, by its ARN or name. Several answers are given one after another, and the last one is repeated. */
  put(id: string, ...answers: readonly [Stored, ...Stored[]]): void;
  /** The requested ARNs and names, in order. */
  readonly asked: readonly string[];
}

/** Returns the ARN of a user's own secret with this name. */
export const arnOf = (name: string) => `arn:aws:secretsmanager:eu-central-1:123456789012:secret:own/${name}`;

export async function startSecretsManager(): Promise<SecretsManager> {
  const secrets = new Map<string, Stored[]>();
  const asked: string[] = [];
  const server = createServer({ keepAliveTimeout: 60_000 }, async (request, response) => {
    const body = await text(request);
    const id = idIn(body);
    asked.push(id);
    const answers = secrets.get(id) ?? [{ status: 400, error: "ResourceNotFoundException" }];
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer === undefined || answer === "silence") return;
    if (answer === "reset") return void request.socket.resetAndDestroy();
    const reply = isSigned(request, body, required) ? replyOf(id, answer) : replyOf(id, denied);
    response.writeHead(reply.status, { "content-type": "application/x-amz-json-1.1" }).end(reply.body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    environment: { ...credentials, AWS_ENDPOINT_URL_SECRETS_MANAGER: url },
    put: (id, ...answers) => void secrets.set(id, [...answers]),
    asked,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

const required = { service: "secretsmanager", headers: { "x-amz-target": "secretsmanager.GetSecretValue" } } as const;

const denied = { status: 403, error: "InvalidSignatureException" } as const;

function idIn(body: string): string {
  return (JSON.parse(body) as { readonly SecretId: string }).SecretId;
}

function replyOf(id: string, answer: Exclude<Stored, string>): { readonly status: number; readonly body: string } {
  if ("body" in answer) return answer;
  if ("error" in answer) {
    // AWS's messages name the role, which must not be repeated.
    return { status: answer.status, body: JSON.stringify({ __type: answer.error, Message: "User: arn:aws:sts::1" }) };
  }
  const CreatedDate = (answer.createdAt ?? new Date("2026-11-01T00:00:00Z")).getTime() / 1_000;
  return { status: 200, body: JSON.stringify({ ARN: id, Name: "name", SecretString: answer.value, CreatedDate }) };
}
