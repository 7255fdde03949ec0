import {
  CreateKeyCommand,
  EnableKeyRotationCommand,
  KMSClient,
  PutKeyPolicyCommand,
  ScheduleKeyDeletionCommand,
} from "@aws-sdk/client-kms";
import { heavierThan, longerThan, notJson, outside } from "../limits.ts";
import { resourceType } from "../resource.ts";

const kms = new KMSClient();

interface Key {
  description?: string;
  deletionWindowInDays?: number;
  enableKeyRotation?: boolean;
  policy?: string;
  tags?: Record<string, string>;
}

export const key = resourceType<Key>({
  inputs: ["description", "deletionWindowInDays", "enableKeyRotation", "policy", "tags"],
  documents: ["policy"],
  fixed: ["description", "enableKeyRotation", "tags"],
  // Source: KMS API reference, CreateKey and ScheduleKeyDeletion; KMS quotas (key policy).
  limits: ({ description, deletionWindowInDays, policy }) => [
    longerThan(8_192, "the key's description", description),
    outside(7, 30, "the key's deletion window", deletionWindowInDays),
    heavierThan(32_768, "the key's policy", policy),
    notJson("the key's policy", policy),
  ],
  async create({ description, policy, tags, enableKeyRotation }) {
    const Tags = Object.entries(tags ?? {}).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Description: description, Policy: policy, Tags }));
    const id = KeyMetadata?.KeyId ?? "";
    if (enableKeyRotation) await kms.send(new EnableKeyRotationCommand({ KeyId: id }));
    return { id, outputs: { arn: KeyMetadata?.Arn, keyId: id } };
  },
  async update(id, { policy }) {
    if (policy) await kms.send(new PutKeyPolicyCommand({ KeyId: id, Policy: policy }));
    return undefined;
  },
  delete: (id, { deletionWindowInDays = 30 }) =>
    kms.send(new ScheduleKeyDeletionCommand({ KeyId: id, PendingWindowInDays: deletionWindowInDays })),
});
