import { AwsV4Signer } from "aws4fetch";
import { expect, test } from "vitest";
import { signedHeaders } from "../../../../monitor/lambda/aws-signature.ts";

test.each([undefined, "session+token/of==the role"])(
  "a request is signed as aws4fetch signs it (%s)",
  async (token) => {
    const request = {
      url: "https://secretsmanager.eu-central-1.amazonaws.com/",
      service: "secretsmanager",
      region: "eu-central-1",
      headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": "secretsmanager.GetSecretValue" },
      body: JSON.stringify({ SecretId: "arn:aws:secretsmanager:eu-central-1:111122223333:secret:prød-AbCdEf" }),
    };
    const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
    const at = new Date("2026-11-26T12:34:56.789Z");
    const { headers } = await new AwsV4Signer({
      ...request,
      method: "POST",
      ...credentials,
      ...(token !== undefined && { sessionToken: token }),
      datetime: "20261126T123456Z",
      allHeaders: true,
    }).sign();
    const signed = signedHeaders(request, { ...credentials, sessionToken: token }, at);
    expect(signed["authorization"]).toBe(headers.get("authorization"));
    expect(signed["host"]).toBe("secretsmanager.eu-central-1.amazonaws.com");
  },
);
