import { fill, type MessageText, type ValuesArgument } from "../../provider/core/message-text.ts";
import { type ApiKeyProblem, apiKeyProblems } from "../../provider/deepseek/api-key.ts";

interface SecretProblem extends MessageText {
  /** One word: AWS's name of the error, or one of our own. */
  readonly reason: string;
  /** Whether waiting may help, for example because the role is only seconds old. */
  readonly mayPass: boolean;
}

/**
 * The reasons why a connection's key cannot be read, by message code. AWS's own text is never repeated. For a value that
 * cannot be an API key, see `apiKeyProblems`.
 */
export const secretProblems = {
  "secret-access-denied": {
    reason: "AccessDeniedException",
    text: "the function's role is not allowed to read the secret.",
    remedy:
      "Grant it secretsmanager:GetSecretValue and, if the secret is encrypted with a customer-managed KMS key, kms:Decrypt.",
    mayPass: true,
  },
  "secret-not-found": {
    reason: "ResourceNotFoundException",
    text: "the secret does not exist or has no value.",
    remedy: "Create the secret and store the key in it.",
    mayPass: true,
  },
  "secret-deleted": {
    reason: "InvalidRequestException",
    text: "the secret is marked for deletion.",
    remedy: "Restore it, or remove the connection.",
    mayPass: true,
  },
  "secret-not-decrypted": {
    reason: "DecryptionFailure",
    text: "the secret cannot be decrypted with its KMS key.",
    remedy: "Check that the KMS key is enabled.",
    mayPass: true,
  },
  "secret-refused": {
    reason: "‹error›",
    text: "AWS Secrets Manager answered HTTP ‹status›.",
    remedy: "Look this error up in the API reference of GetSecretValue.",
    mayPass: true,
  },
  "secret-not-reached": {
    reason: "NotReached",
    text: "AWS Secrets Manager cannot be reached (‹fault›).",
    remedy: "Check the function's network access to AWS Secrets Manager.",
    mayPass: true,
  },
  "secret-reply-unexpected": {
    reason: "UnexpectedReply",
    text: "AWS Secrets Manager sent a reply that cannot be read.",
    mayPass: true,
  },
  "secret-arn-invalid": {
    reason: "NotASecret",
    text: "secretArn is not the ARN of a secret in AWS Secrets Manager.",
    remedy: "Set it to the secret's complete ARN.",
    mayPass: true,
  },
  "secret-no-credentials": {
    reason: "NoCredentials",
    text: "the function's environment contains no AWS credentials or no Region.",
    remedy: "Check the function's execution role.",
    mayPass: true,
  },
  "secret-binary": {
    reason: "NoText",
    text: "the secret contains binary data.",
    remedy: "Store the key as text.",
    mayPass: false,
  },
  "secret-field-needed": {
    reason: "UnusableValue",
    text: "the secret contains JSON, but secretField is not set.",
    remedy: "Set secretField to the name of the property that contains the key.",
    mayPass: false,
  },
  "secret-not-json": {
    reason: "UnusableValue",
    text: "the secret is not a JSON object.",
    remedy: "Remove secretField, or store a JSON object.",
    mayPass: false,
  },
  "secret-field-missing": {
    reason: "UnusableValue",
    text: "the secret's JSON object has no property '‹field›'.",
    remedy: "Set secretField to the name of the property that contains the key.",
    mayPass: false,
  },
  "secret-key-not-text": {
    reason: "UnusableValue",
    text: "the key in the secret is not a string.",
    remedy: "Store the key as a string.",
    mayPass: false,
  },
  "secret-headers-invalid": {
    reason: "UnusableValue",
    text: "the headers in the secret cannot be used (‹problem›).",
    remedy: 'Store {"apiKey": "…", "headers": {"name": "value"}}, with headers as in DeepSeekConnection.',
    mayPass: false,
  },
  "secret-shard-invalid": {
    reason: "UnusableValue",
    text: "the secret does not contain a shard's connections (‹problems›).",
    remedy: "Store them again: run 'pulumi up --replace' with the URN of the shard's SecretVersion.",
    mayPass: false,
  },
  "probe-broke-off": {
    reason: "Unexpected",
    text: "the probe failed with an unexpected error (‹error›).",
    remedy: "Report this as a bug in pulumi-deepseek.",
    mayPass: true,
  },
} as const satisfies Readonly<Record<string, SecretProblem>>;

export type SecretProblemCode = keyof typeof secretProblems;

type TextsOf<Code extends SecretProblemCode> =
  `${(typeof secretProblems)[Code]["reason"]} ${(typeof secretProblems)[Code]["text"]}`;

/** Thrown when a secret cannot be read or contains no usable key. Its message contains no part of the secret's value. */
export class SecretUnreadableError extends Error {
  override readonly name = "SecretUnreadableError";
  /** The code of the message. */
  readonly code: SecretProblemCode | ApiKeyProblem;
  /** One word: AWS's name of the error, such as `AccessDeniedException`, or one of our own. */
  readonly reason: string;
  /** Whether waiting may help, for example because the role is only seconds old. */
  readonly mayPass: boolean;

  private constructor(code: SecretProblemCode | ApiKeyProblem, { reason, text, remedy, mayPass }: SecretProblem) {
    super([`${reason}: ${text}`, ...(remedy === undefined ? [] : [remedy])].join(" "));
    this.code = code;
    this.reason = reason;
    this.mayPass = mayPass;
  }

  static of<Code extends SecretProblemCode>(
    code: Code,
    ...[values]: ValuesArgument<TextsOf<Code>>
  ): SecretUnreadableError {
    const problem: SecretProblem = secretProblems[code];
    const { reason, text } = problem;
    return new SecretUnreadableError(code, { ...problem, reason: fill(reason, values), text: fill(text, values) });
  }

  static ofKey(code: ApiKeyProblem): SecretUnreadableError {
    const text = `the key in the secret ${apiKeyProblems[code]}.`;
    return new SecretUnreadableError(code, { reason: "UnusableValue", text, mayPass: false });
  }
}
