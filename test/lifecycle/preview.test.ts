import { expect, it } from "vitest";
import type { Workspace } from "../../examples/demo/engine/workspace.ts";
import { program } from "../support/programs.ts";
import { startSandboxWithWorkspaces } from "./sandbox-with-workspaces.ts";

/* Values that are known at preview stay known, so that dependent resources are planned as they will be deployed. */

const { sandbox, key, workspace } = await startSandboxWithWorkspaces();

/** The text that a preview shows for an unknown value. */
const unknownMark = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A program with connections, each followed by a resource that is created in an `apply` on its base URL, which is in its name. */
function followed(connections: string): Record<string, string> {
  return program(`
const config = new pulumi.Config("test");
const apiKey = config.requireSecret("key");
const maker = { create: async ({ given }) => ({ id: "made", outs: { made: given } }) };
class Made extends pulumi.dynamic.Resource {
  constructor(name, given) { super(maker, name, { given, made: undefined }, {}, "test", "Made"); }
}
const connections = {
${connections}
};
for (const [name, connection] of Object.entries(connections)) {
  connection.baseUrl.apply((url) => new Made("follows " + url, url));
  const { baseUrl, displayName, status, keyFingerprint } = connection;
  exports[name] = { baseUrl, displayName, status, keyFingerprint };
}
// A preview as JSON omits the program's outputs, but not a resource's inputs.
new Made("outputs", exports);
`);
}

const given = `given: new DeepSeekConnection("given", { baseUrl: baseUrl + "/v1/", apiKey, maxAttempts: 1 }),`;
const byDefault = `byDefault: new DeepSeekConnection("byDefault", { apiKey, displayName: "DeepSeek", verify: "none" }),`;
const gateway = `gateway: new DeepSeekConnection("gateway", { baseUrl: "https://gateway.example/v1/", apiKey, verify: "none" }),`;

interface Preview {
  /** The program's known outputs. */
  readonly outputs: unknown;
  /** The planned operations on the followers. */
  readonly followers: Readonly<Record<string, string>>;
  /** The planned operations on all resources, without duplicates. */
  readonly operations: readonly string[];
}

async function preview(stack: Workspace, ...flags: string[]): Promise<Preview> {
  const { code, stdout, all } = await stack.run(["preview", "--json", "--show-sames", ...flags], { env });
  expect(code, all).toBe(0);
  interface Step {
    readonly op: string;
    readonly urn: string;
    readonly newState?: { readonly inputs?: { readonly given?: unknown } };
  }
  const { steps }: { readonly steps: readonly Step[] } = JSON.parse(stdout);
  const nameOf = ({ urn }: Step) => urn.split("::").slice(3).join("::");
  return {
    outputs: steps.find((step) => nameOf(step) === "outputs")?.newState?.inputs?.given,
    followers: Object.fromEntries(
      steps.filter((step) => nameOf(step).startsWith("follows ")).map((step) => [nameOf(step), step.op]),
    ),
    operations: [...new Set(steps.map(({ op }) => op))].toSorted(),
  };
}

/** Enables plans. */
const env = { PULUMI_EXPERIMENTAL: "true" };

async function upAsPlanned(stack: Workspace): Promise<void> {
  expect(await stack.run(["up", "--yes", "--plan", "plan.json"], { env })).toMatchObject({ code: 0 });
}

it("the base URL is known at preview in its normalised form, given or not: at create, unchanged, at a rotation, and in plans", async () => {
  await using stack = await workspace(followed(given + byDefault));
  await stack.setConfig("test:key", key("good"), { secret: true });
  const urls = [`${sandbox.url}/v1`, "https://api.deepseek.com"] as const;
  const known = {
    given: expect.objectContaining({ baseUrl: urls[0], displayName: "given" }),
    byDefault: expect.objectContaining({ baseUrl: urls[1], displayName: "DeepSeek" }),
  };
  const followers = (operation: string) => Object.fromEntries(urls.map((url) => [`follows ${url}`, operation]));

  const first = await preview(stack, "--save-plan", "plan.json");
  expect(first.outputs).toEqual(known);
  // An output that no preview can know, to prove that the check above can fail.
  expect(first.outputs).toMatchObject({ given: { status: unknownMark } });
  expect(first).toMatchObject({ followers: followers("create"), operations: ["create"] });
  await upAsPlanned(stack);

  const unchanged = await preview(stack);
  expect(unchanged.outputs).toMatchObject({ ...known, given: { status: "valid" } });
  expect(unchanged).toMatchObject({ followers: followers("same"), operations: ["same"] });

  await stack.setConfig("test:key", key("good"), { secret: true });
  const rotation = await preview(stack, "--save-plan", "plan.json");
  expect(rotation.outputs).toMatchObject({ ...known, given: { keyFingerprint: unknownMark } });
  expect(rotation).toMatchObject({ followers: followers("same"), operations: ["same", "update"] });
  await upAsPlanned(stack);

  await stack.write("index.js", followed(given + byDefault + gateway)["index.js"] ?? "");
  const added = await preview(stack, "--save-plan", "plan.json");
  expect(added).toMatchObject({
    outputs: { ...known, gateway: { baseUrl: "https://gateway.example/v1", displayName: "gateway" } },
    followers: { ...followers("same"), "follows https://gateway.example/v1": "create" },
    operations: ["create", "same", "update"],
  });
  await upAsPlanned(stack);
});

it("an unknown base URL makes only the outputs that depend on it unknown", async () => {
  const late = `late: new DeepSeekConnection("late", { baseUrl: new Made("gateway", baseUrl).made, apiKey, verify: "none" }),`;
  await using stack = await workspace(followed(gateway + late));
  await stack.setConfig("test:key", key("good"), { secret: true });
  const { outputs, followers } = await preview(stack);
  expect(outputs).toMatchObject({ gateway: { baseUrl: "https://gateway.example/v1" }, late: { baseUrl: unknownMark } });
  expect(followers).toEqual({ "follows https://gateway.example/v1": "create" });
  expect(await stack.up("--skip-preview")).toMatchObject({ code: 0 });
  expect(await stack.outputs()).toMatchObject({ late: { baseUrl: sandbox.url, displayName: "late" } });
  expect(await stack.exportStack()).toContain(`follows ${sandbox.url}`);
});
