import { type Answer, type StandIn, startStandIn } from "./aws-stand-in.ts";
import { credentials, isSigned } from "./signed-request.ts";

/** A secret's current version. */
interface Secret {
  readonly value: string;
  readonly createdAt?: Date;
}

/** A stand-in for AWS Secrets Manager: it checks each signature and answers `GetSecretValue`, by the secret's ARN or name. */
export interface SecretsManager extends StandIn<Secret> {
  /** The environment of a function that uses this server. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Returns the ARN of a user's own secret with this name. */
export const arnOf = (name: string) => `arn:aws:secretsmanager:eu-central-1:123456789012:secret:own/${name}`;

export async function startSecretsManager(): Promise<SecretsManager> {
  const server = await startStandIn<Secret>({
    contentType: "application/x-amz-json-1.1",
    idIn: (body) => (JSON.parse(body) as { readonly SecretId: string }).SecretId,
    missing: { status: 400, error: "ResourceNotFoundException" },
    reply: ({ id, body, request }, answer) => replyOf(id, isSigned(request, body, required) ? answer : denied),
  });
  return { ...server, environment: { ...credentials, AWS_ENDPOINT_URL_SECRETS_MANAGER: server.url } };
}

const required = { service: "secretsmanager", headers: { "x-amz-target": "secretsmanager.GetSecretValue" } } as const;

const denied = { status: 403, error: "InvalidSignatureException" } as const;

function replyOf(id: string, answer: Answer<Secret>): { readonly status: number; readonly body: string } {
  if ("body" in answer) return answer;
  if ("error" in answer) {
    // AWS's messages name the role, which must not be repeated.
    return { status: answer.status, body: JSON.stringify({ __type: answer.error, Message: "User: arn:aws:sts::1" }) };
  }
  const CreatedDate = (answer.createdAt ?? new Date("2026-11-01T00:00:00Z")).getTime() / 1_000;
  return { status: 200, body: JSON.stringify({ ARN: id, Name: "name", SecretString: answer.value, CreatedDate }) };
}
