import { readFile } from "node:fs/promises";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { AwsClient } from "aws4fetch";
import type { LocalAws } from "../aws/ministack.ts";
import { type Backend, project } from "./scene.ts";

const bucket = "octo-org-pulumi-state";

/** What a job's token says of it. */
export interface Claims {
  readonly repository: string;
  /** `pull_request`, or `ref:refs/heads/` and a branch. */
  readonly run: string;
}

export const pullRequest: Claims = { repository: "octo-org/infrastructure", run: "pull_request" };

/** The AWS account that the README sets up: a bucket for the state, and a role for the jobs with the example's policies. */
export class Account {
  readonly role: string;
  readonly #aws: LocalAws;

  private constructor(aws: LocalAws, role: string) {
    this.#aws = aws;
    this.role = role;
  }

  static async setUp(aws: LocalAws): Promise<Account> {
    const credentials = {
      accessKeyId: aws.env["AWS_ACCESS_KEY_ID"] ?? "",
      secretAccessKey: aws.env["AWS_SECRET_ACCESS_KEY"] ?? "",
    };
    const s3 = new AwsClient({ ...credentials, region: aws.region, service: "s3" });
    const body = `<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LocationConstraint>${aws.region}</LocationConstraint></CreateBucketConfiguration>`;
    const made = await s3.fetch(`${aws.endpoint}/${bucket}`, { method: "PUT", body });
    if (!made.ok) throw new Error(`The bucket could not be made: ${await made.text()}`);

    const iam = new IAMClient({ endpoint: aws.endpoint, region: aws.region, credentials });
    const RoleName = "pulumi-preview";
    const trust = await policy("trust");
    const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }));
    await iam.send(
      new PutRolePolicyCommand({ RoleName, PolicyName: "state", PolicyDocument: await policy("permissions") }),
    );
    return new Account(aws, Role?.Arn ?? "");
  }

  /** The state in the bucket, for a job that was given the role. */
  async backend(claims: Claims): Promise<Backend> {
    return {
      // A bucket of AWS has a host name of its own, and needs no more than `s3://` and its name.
      url: `s3://${bucket}?s3ForcePathStyle=true`,
      developer: this.#aws.env,
      role: this.role,
      job: {
        AWS_ENDPOINT_URL: this.#aws.endpoint,
        AWS_REGION: this.#aws.region,
        ...(await this.#credentials(claims)),
      },
    };
  }

  /** As `configure-aws-credentials` gets them. @throws with what AWS says if the role does not trust the job */
  async #credentials({ repository, run }: Claims): Promise<Readonly<Record<string, string>>> {
    const claims = { iss: "https://token.actions.githubusercontent.com", aud: "sts.amazonaws.com" };
    const token = [
      { alg: "RS256", typ: "JWT" },
      { ...claims, sub: `repo:${repository}:${run}` },
    ];
    const encoded = token.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
    const body = new URLSearchParams({
      Action: "AssumeRoleWithWebIdentity",
      Version: "2011-06-15",
      RoleArn: this.role,
      RoleSessionName: "GitHubActions",
      // The local AWS reads the claims and leaves the signature alone.
      WebIdentityToken: [...encoded, "signature"].join("."),
    });
    const answer = await fetch(this.#aws.endpoint, { method: "POST", body });
    const said = await answer.text();
    if (!answer.ok) throw new Error(said);
    const read = (name: string) => new RegExp(`<${name}>([^<]+)</${name}>`).exec(said)?.[1] ?? "";
    return {
      AWS_ACCESS_KEY_ID: read("AccessKeyId"),
      AWS_SECRET_ACCESS_KEY: read("SecretAccessKey"),
      AWS_SESSION_TOKEN: read("SessionToken"),
    };
  }
}

function policy(name: "trust" | "permissions"): Promise<string> {
  return readFile(new URL(`aws/${name}.json`, project), "utf8");
}
