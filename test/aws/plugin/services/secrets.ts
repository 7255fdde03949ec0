import {
  CreateSecretCommand,
  DeleteSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { heavierThan, longerThan, outside, unlike } from "../limits.ts";
import { resourceType, tagList } from "../resource.ts";

const secrets = new SecretsManagerClient();

interface Secret {
  name: string;
  description?: string;
  kmsKeyId?: string;
  recoveryWindowInDays?: number;
  tags?: Record<string, string>;
}

export const secret = resourceType<Secret>({
  inputs: ["name", "description", "kmsKeyId", "recoveryWindowInDays", "tags"],
  name: { input: "name", longest: 512 },
  fixed: ["name", "description", "kmsKeyId", "tags"],
  // Source: Secrets Manager API reference, CreateSecret and DeleteSecret; 0 means 'immediately' in the provider.
  limits: ({ name, description, recoveryWindowInDays: days }) => [
    unlike(/^[A-Za-z0-9/_+=.@-]{1,512}$/, "the secret's name", name),
    longerThan(2_048, "the secret's description", description),
    days !== 0 && outside(7, 30, "the secret's recovery window", days),
  ],
  async create({ name, description, kmsKeyId, tags }) {
    const request = { Name: name, Description: description, KmsKeyId: kmsKeyId, Tags: tagList(tags) };
    const { ARN = "" } = await secrets.send(new CreateSecretCommand(request));
    return { id: ARN, outputs: { arn: ARN } };
  },
  // Only the recovery window changes in place. It is used when the secret is deleted.
  update: async () => undefined,
  delete: (id, { recoveryWindowInDays: days = 30 }) =>
    secrets.send(
      new DeleteSecretCommand({
        SecretId: id,
        ...(days === 0 ? { ForceDeleteWithoutRecovery: true } : { RecoveryWindowInDays: days }),
      }),
    ),
});

interface SecretVersion {
  secretId: string;
  secretString: string;
}

export const secretVersion = resourceType<SecretVersion>({
  inputs: ["secretId", "secretString"],
  // Source: Secrets Manager API reference, PutSecretValue.
  limits: ({ secretString }) => [heavierThan(65_536, "the secret's value", secretString)],
  async create({ secretId, secretString }) {
    const request = new PutSecretValueCommand({ SecretId: secretId, SecretString: secretString });
    const { ARN, VersionId } = await secrets.send(request);
    return { id: `${secretId}|${VersionId}`, outputs: { arn: ARN, secretArn: ARN, versionId: VersionId } };
  },
  // As in the real provider (hashicorp/terraform-provider-aws, internal/service/secretsmanager/secret_version.go) a new
  // value is a new version, and AWS moves the label AWSPREVIOUS to the old one.
});
