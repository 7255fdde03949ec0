import { createHash, createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

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

const credentials = {
  AWS_REGION: "eu-central-1",
  AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
  AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  AWS_SESSION_TOKEN: "session+token/of==the role",
};

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
    const reply = isSigned(request, body) ? replyOf(id, answer) : replyOf(id, denied);
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

/** Computes Signature Version 4 from the received request. Source: AWS, 'Create a signed AWS API request'. */
function isSigned({ method, url, headers }: IncomingMessage, body: string): boolean {
  const { authorization = "" } = headers;
  const form = /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/(\S+), SignedHeaders=(\S+), Signature=([0-9a-f]{64})$/;
  const [, scope = "", names = "", signature] = form.exec(authorization) ?? [];
  const date = String(headers["x-amz-date"]);
  const required = ["host", "x-amz-date", "x-amz-security-token", "x-amz-target"];
  if (!required.every((name) => names.split(";").includes(name))) return false;
  if (headers["x-amz-target"] !== "secretsmanager.GetSecretValue") return false;
  if (headers["x-amz-security-token"] !== credentials.AWS_SESSION_TOKEN) return false;
  if (scope !== `${date.slice(0, 8)}/eu-central-1/secretsmanager/aws4_request`) return false;
  const lines = names.split(";").map((name) => `${name}:${headers[name]}\n`);
  const canonical = [method, url, "", lines.join(""), names, sha256(body)].join("\n");
  const toSign = ["AWS4-HMAC-SHA256", date, scope, sha256(canonical)].join("\n");
  const key = scope.split("/").reduce<string | Buffer>(hmac, `AWS4${credentials.AWS_SECRET_ACCESS_KEY}`);
  return hmac(key, toSign).toString("hex") === signature;
}

const sha256 = (value: string) => createHash("sha256").update(value).digest("hex");
const hmac = (key: string | Buffer, value: string) => createHmac("sha256", key).update(value).digest();
