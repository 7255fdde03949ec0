import * as z from "zod/mini";
import { parseJson } from "../../provider/deepseek/document.ts";
import type { Http } from "../../provider/deepseek/http.ts";
import { nodeHttp } from "../../provider/deepseek/http-node.ts";
import { type AwsReply, callAws, isTransient, type Read } from "./aws-call.ts";
import { SecretUnreadableError, secretProblems } from "./secret-problems.ts";
import type { ReadSecret, Secret } from "./secrets.ts";

/**
 * Reads secrets through AWS's HTTP API.
 *
 * @param environment AWS_REGION, and the variables of `callAws`
 */
export function secretsManager(
  environment: Readonly<Record<string, string | undefined>>,
  http: Http = nodeHttp,
): ReadSecret {
  return async (id) => {
    // The request is signed with the role's credentials and goes to a host built from the ARN, so the ARN must be valid.
    const [, arnRegion] = /^arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):\d{12}:secret:./.exec(id) ?? [];
    if (arnRegion === undefined && id.includes(":")) throw SecretUnreadableError.of("secret-arn-invalid");
    const call = {
      service: "secretsmanager",
      region: arnRegion ?? environment["AWS_REGION"],
      headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": "secretsmanager.GetSecretValue" },
      body: JSON.stringify({ SecretId: id }),
    } as const;
    const answer = await callAws(call, environment, http, readAnswer);
    if (answer.type === "problem") throw answer.problem;
    return answer.value;
  };
}

type Answer = Read<Secret, SecretUnreadableError>;

function readAnswer(reply: AwsReply): Answer {
  switch (reply.type) {
    case "no-credentials":
      return failed(SecretUnreadableError.of("secret-no-credentials"));
    case "not-reached":
      return failed(SecretUnreadableError.of("secret-not-reached", { fault: reply.fault }), true);
    case "answered": {
      const json = parseJson(reply.text);
      return reply.status === 200 ? readReply(json) : readError(reply.status, json);
    }
  }
}

const secretReply = z.object({ SecretString: z.optional(z.string()), CreatedDate: z.number() });

function readReply(json: unknown): Answer {
  const { data } = secretReply.safeParse(json);
  if (data === undefined) return failed(SecretUnreadableError.of("secret-reply-unexpected"), true);
  if (data.SecretString === undefined) return failed(SecretUnreadableError.of("secret-binary"));
  // Seconds, with fractions. Source: `GetSecretValue` in the API reference.
  const createdAt = new Date(data.CreatedDate * 1_000);
  return { type: "value", value: { value: data.SecretString, createdAt } };
}

const errorReply = z.object({ __type: z.string() });

/** The problems whose reason is AWS's name of the error. */
const namedByAws = ["secret-access-denied", "secret-not-found", "secret-deleted", "secret-not-decrypted"] as const;

function readError(status: number, json: unknown): Answer {
  // "AccessDeniedException", or the same with a namespace and '#' before it. Source: the protocol 'AWS JSON 1.1'.
  const named = /([A-Za-z]{1,64})$/.exec(errorReply.safeParse(json).data?.__type ?? "")?.[1];
  const error = named ?? `HTTP${status}`;
  const code = namedByAws.find((known) => secretProblems[known].reason === error);
  const problem =
    code === undefined ? SecretUnreadableError.of("secret-refused", { error, status }) : SecretUnreadableError.of(code);
  return failed(problem, isTransient(status, error));
}

function failed(problem: SecretUnreadableError, transient = false): Answer {
  return { type: "problem", problem, transient };
}
