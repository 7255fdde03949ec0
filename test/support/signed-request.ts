import { createHash, createHmac } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** The credentials of a function, as Lambda puts them into its environment. */
export const credentials = {
  AWS_REGION: "eu-central-1",
  AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
  AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  AWS_SESSION_TOKEN: "session+token/of==the role",
};

/**
 * Whether the request has the headers and the signature that the service wants. Computes Signature Version 4 from the received
 * request. Source: AWS, 'Create a signed AWS API request'.
 */
export function isSigned(
  { method, url, headers }: IncomingMessage,
  body: string,
  wanted: { readonly service: string; readonly headers: Readonly<Record<string, string>> },
): boolean {
  const { authorization = "" } = headers;
  const form = /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/(\S+), SignedHeaders=(\S+), Signature=([0-9a-f]{64})$/;
  const [, scope = "", names = "", signature] = form.exec(authorization) ?? [];
  const date = String(headers["x-amz-date"]);
  const required = ["host", "x-amz-date", "x-amz-security-token", ...Object.keys(wanted.headers)];
  if (!required.every((name) => names.split(";").includes(name))) return false;
  if (Object.entries(wanted.headers).some(([name, value]) => headers[name] !== value)) return false;
  if (headers["x-amz-security-token"] !== credentials.AWS_SESSION_TOKEN) return false;
  if (scope !== `${date.slice(0, 8)}/eu-central-1/${wanted.service}/aws4_request`) return false;
  const lines = names.split(";").map((name) => `${name}:${headers[name]}\n`);
  const canonical = [method, url, "", lines.join(""), names, sha256(body)].join("\n");
  const toSign = ["AWS4-HMAC-SHA256", date, scope, sha256(canonical)].join("\n");
  const key = scope.split("/").reduce<string | Buffer>(hmac, `AWS4${credentials.AWS_SECRET_ACCESS_KEY}`);
  return hmac(key, toSign).toString("hex") === signature;
}

const sha256 = (value: string) => createHash("sha256").update(value).digest("hex");
const hmac = (key: string | Buffer, value: string) => createHmac("sha256", key).update(value).digest();
