import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SecretUnreadableError } from "../../../../monitor/lambda/secret-problems.ts";
import { secretsManager } from "../../../../monitor/lambda/secrets-manager.ts";
import type { Http } from "../../../../provider/deepseek/http.ts";
import { nodeHttp } from "../../../../provider/deepseek/http-node.ts";
import { arnOf, type SecretsManager, startSecretsManager } from "../../../support/secrets-manager.ts";

let server: SecretsManager;
beforeAll(async () => {
  server = await startSecretsManager();
});
afterAll(() => server[Symbol.asyncDispose]());

const timesAsked = (arn: string) => server.asked.filter((asked) => asked === arn).length;

/** Returns the error of a read that fails. */
async function refusal(arn: string, environment: Readonly<Record<string, string>> = server.environment) {
  const error = await secretsManager(environment)(arn).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof SecretUnreadableError) return error;
  throw new Error(`Expected a refusal, not ${error}`);
}

test("a secret is read with a signed request, and returned with the time at which it was stored", async () => {
  const createdAt = new Date("2026-10-01T08:00:00.250Z");
  server.put(arnOf("signed"), { value: "the value", createdAt });
  expect(await secretsManager(server.environment)(arnOf("signed"))).toEqual({ value: "the value", createdAt });
});

test("a secret of the function's own account and Region is read by its name", async () => {
  server.put("health-1a2b/shard-0", { value: "the value" });
  expect((await secretsManager(server.environment)("health-1a2b/shard-0")).value).toBe("the value");
});

test("AWS_ENDPOINT_URL is used if Secrets Manager has no endpoint of its own", async () => {
  const { AWS_ENDPOINT_URL_SECRETS_MANAGER: url = "", ...environment } = server.environment;
  server.put(arnOf("general"), { value: "v" });
  expect((await secretsManager({ ...environment, AWS_ENDPOINT_URL: url })(arnOf("general"))).value).toBe("v");
});

test.each([
  ["arn:aws:secretsmanager:eu-west-1:123456789012:secret:a", undefined, "eu-west-1.amazonaws.com"],
  ["arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:a", "amazonaws.com.cn", "cn-north-1.amazonaws.com.cn"],
  ["arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:secret:a", "amazonaws.com", "us-gov-west-1.amazonaws.com"],
  ["arn:aws-eusc:secretsmanager:eusc-de-east-1:123456789012:secret:a", "amazonaws.eu", "eusc-de-east-1.amazonaws.eu"],
  ["health-1a2b/shard-9", "amazonaws.com", "eu-central-1.amazonaws.com"],
])("%s is read in its own Region, at the partition's host", async (id, suffix, expected) => {
  const urls: string[] = [];
  const http: Http = (request) => {
    urls.push(request.url);
    return nodeHttp({ ...request, url: server.url });
  };
  const { AWS_ENDPOINT_URL_SECRETS_MANAGER: _, ...environment } = server.environment;
  const handedOver = suffix === undefined ? {} : { MONITOR_DNS_SUFFIX: suffix };
  await expect(secretsManager({ ...environment, ...handedOver }, http)(id)).rejects.toThrow();
  expect(urls).toEqual([`https://secretsmanager.${expected}/`]);
});

describe("a secret that cannot be read", () => {
  test.each([
    [400, "ResourceNotFoundException", "the secret does not exist"],
    [400, "constructor", "AWS Secrets Manager answered HTTP 400."],
    [
      400,
      "com.amazonaws.secretsmanager#AccessDeniedException",
      "the function's role is not allowed to read the secret",
    ],
    [400, "InvalidRequestException", "marked for deletion"],
    [400, "DecryptionFailure", "KMS key"],
    [400, "SomethingNewException", "answered HTTP 400"],
  ])("is reported with AWS's error and not requested again: %i %s", async (status, error, explanation) => {
    const arn = arnOf(`refused-${error}`);
    server.put(arn, { status, error });
    const refused = await refusal(arn);
    expect(refused.reason).toBe(error.replace(/.*#/, ""));
    expect(refused.message).toContain(explanation);
    // AWS's own text is not repeated.
    expect(refused.message).not.toContain("arn:aws:sts");
    expect(timesAsked(arn)).toBe(1);
  });

  test("is reported if AWS cannot verify the signature", async () => {
    const arn = arnOf("forged");
    server.put(arn, { value: "v" });
    const refused = await refusal(arn, { ...server.environment, AWS_SECRET_ACCESS_KEY: "another" });
    expect(refused.reason).toBe("InvalidSignatureException");
  });

  test("is reported with the HTTP status if AWS names no error", async () => {
    const arn = arnOf("nameless");
    server.put(arn, { status: 403, body: "<html>" });
    expect((await refusal(arn)).reason).toBe("HTTP403");
  });

  test.each([
    ["is no JSON", "the-key-in-plain-text"],
    ["has no date", '{"SecretString":"the-key-in-plain-text"}'],
    ["is too long", `{"SecretString":"the-key-in-plain-text${"x".repeat(4 * 1024 * 1024)}","CreatedDate":1}`],
  ])("is reported without the reply if the reply %s", async (what, body) => {
    const arn = arnOf(`odd ${what}`);
    server.put(arn, { status: 200, body });
    const refused = await refusal(arn);
    expect(refused.reason).toBe("UnexpectedReply");
    expect(refused.message).not.toContain("plain");
  });

  test("is reported if it is binary", async () => {
    server.put(arnOf("binary"), { status: 200, body: '{"SecretBinary":"AAAA","CreatedDate":1}' });
    expect(await refusal(arnOf("binary"))).toMatchObject({ reason: "NoText", mayPass: false });
  });

  test.each(["arn:aws:s3:::bucket", "arn:aws:secretsmanager:evil.example/:123456789012:secret:a"])(
    "is not requested if its ARN is not that of a secret: %s",
    async (arn) => {
      expect((await refusal(arn)).reason).toBe("NotASecret");
      expect(timesAsked(arn)).toBe(0);
    },
  );

  test("is not requested without credentials or, by name, without a Region", async () => {
    expect((await refusal(arnOf("a"), { AWS_ENDPOINT_URL: server.url })).reason).toBe("NoCredentials");
    const { AWS_REGION: _, ...nowhere } = server.environment;
    expect((await refusal("health-1a2b/shard-0", nowhere)).reason).toBe("NoCredentials");
  });
});

describe("a transient fault of Secrets Manager", () => {
  test.each([
    ["throttling", { status: 400, error: "ThrottlingException" }],
    ["too many requests", { status: 429, error: "TooManyRequestsException" }],
    ["an internal error", { status: 500, error: "InternalServiceError" }],
    ["a reset", "reset"],
    ["half a reply", { status: 200, body: '{"Secr' }],
  ] as const)("is retried: %s", async (what, fault) => {
    const arn = arnOf(`passing ${what}`);
    server.put(arn, fault, { value: "v" });
    expect((await secretsManager(server.environment)(arn)).value).toBe("v");
    expect(timesAsked(arn)).toBe(2);
  });

  test("is reported after three attempts", async () => {
    const arn = arnOf("never-passing");
    server.put(arn, { status: 400, error: "ThrottlingException" });
    expect((await refusal(arn)).reason).toBe("ThrottlingException");
    expect(timesAsked(arn)).toBe(3);
  });

  test("is reported if nothing listens at the address", async () => {
    await using gone = await startSecretsManager();
    await gone[Symbol.asyncDispose]();
    expect(await refusal(arnOf("a"), gone.environment)).toMatchObject({ reason: "NotReached", mayPass: true });
  });
});
