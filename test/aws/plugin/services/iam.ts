import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { heavierThan, longerThan, notJson, unlike } from "../limits.ts";
import { resourceType, tagList } from "../resource.ts";

const iam = new IAMClient();

interface Role {
  name: string;
  assumeRolePolicy: string;
  description?: string;
  path?: string;
  tags?: Record<string, string>;
}

export const role = resourceType<Role>({
  inputs: ["name", "assumeRolePolicy", "description", "path", "tags"],
  name: { input: "name", longest: 64 },
  documents: ["assumeRolePolicy"],
  fixed: ["name", "description", "path", "tags"],
  // Source: IAM API reference, CreateRole (name, description); IAM quotas (trust policy, 2,048 unless it is raised).
  limits: ({ name, assumeRolePolicy, description }) => [
    longerThan(64, "the role's name", name),
    unlike(/^[\w+=,.@-]+$/, "the role's name", name),
    longerThan(1_000, "the role's description", description),
    longerThan(2_048, "the role's trust policy", withoutSpace(assumeRolePolicy)),
    notJson("the role's trust policy", assumeRolePolicy),
  ],
  async create({ name, assumeRolePolicy, description, path, tags }) {
    const { Role } = await iam.send(
      new CreateRoleCommand({
        RoleName: name,
        AssumeRolePolicyDocument: assumeRolePolicy,
        Description: description,
        Path: path,
        Tags: tagList(tags),
      }),
    );
    return { id: name, outputs: { arn: Role?.Arn, uniqueId: Role?.RoleId } };
  },
  async update(id, { assumeRolePolicy }) {
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: id, PolicyDocument: assumeRolePolicy }));
    return undefined;
  },
  delete: (id) => iam.send(new DeleteRoleCommand({ RoleName: id })),
});

interface RolePolicy {
  name: string;
  role: string;
  policy: string;
}

const putPolicy = ({ name, role, policy }: RolePolicy) =>
  iam.send(new PutRolePolicyCommand({ RoleName: role, PolicyName: name, PolicyDocument: policy }));

export const rolePolicy = resourceType<RolePolicy>({
  inputs: ["name", "role", "policy"],
  name: { input: "name", longest: 128 },
  documents: ["policy"],
  fixed: ["name", "role"],
  // Source: IAM API reference, PutRolePolicy; IAM quotas: 10,240 characters without whitespace for all inline policies
  // of a role, of which the monitor gives each role one.
  limits: ({ name, policy }) => [
    longerThan(128, "the policy's name", name),
    heavierThan(10_240, "the role's inline policy", withoutSpace(policy)),
    notJson("the role's inline policy", policy),
  ],
  async create(inputs) {
    await putPolicy(inputs);
    return { id: `${inputs.role}:${inputs.name}` };
  },
  async update(_id, inputs) {
    await putPolicy(inputs);
    return undefined;
  },
  delete: (_id, { role, name }) => iam.send(new DeleteRolePolicyCommand({ RoleName: role, PolicyName: name })),
});

function withoutSpace(text: string | undefined): string | undefined {
  return text?.replace(/\s/g, "");
}
