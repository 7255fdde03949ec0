import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { keyFingerprint } from "../../provider/deepseek/redact.ts";
import { follow, followAll, HowTo } from "./how-to.ts";
import { startSandboxWithWorkspaces } from "./sandbox-with-workspaces.ts";

/* The how-to pages of the examples: their commands with their programs, on the real engine. */

const { sandbox, key } = await startSandboxWithWorkspaces();

it("a key is rotated as examples/rotation says, and a rejected one changes nothing", async () => {
  const page = new HowTo("rotation");
  await using stack = await page.workspace({}, { baseUrl: sandbox.url });
  const keys = { old: key("good"), rejected: key("wrong-key"), next: key("good") };
  await followAll(stack, page.commands("Set it up").flat(), { "--secret": keys.old });

  const commands = page.commands("Rotate").flat();
  const [set = "", date = "", preview = "", up = "", output = "", refresh = "", ...more] = commands;
  expect(more).toEqual([]);
  await follow(stack, set, keys.rejected);
  for (const refused of [preview, up]) expect((await follow(stack, refused)).code).not.toBe(0);
  expect((await follow(stack, output)).stdout.trim()).toBe(keyFingerprint(keys.old));

  const done = await followAll(stack, [set, date, preview, up, output], { "--secret": keys.next });
  expect(done.get(up)?.all).toContain(
    `the new key (fingerprint ${keyFingerprint(keys.next)}) works and replaces the old key (fingerprint ${keyFingerprint(keys.old)}). Once`,
  );
  expect(done.get(output)?.stdout.trim()).toBe(keyFingerprint(keys.next));
  sandbox.revoke(keys.old);
  await followAll(stack, [refresh]);
});

it("a gateway is used as examples/gateway says", async () => {
  const page = new HowTo("gateway");
  await using stack = await page.workspace();
  sandbox.clearRequests();
  const commands = page.commands("Steps").flat();
  const here = commands.map((command) => command.replace("https://litellm.example.com/v1", `${sandbox.url}/v1`));
  expect(here).not.toEqual(commands);
  await followAll(stack, here, { "--secret": key("gateway") });
  expect(await stack.outputs()).toMatchObject({ status: "valid", defaultModel: "deepseek-flash" });
  // Once with DeepSeek's field and once without, as the page says.
  expect(sandbox.requests.filter(({ path }) => path.endsWith("/chat/completions"))).toHaveLength(2);
});

it("two environments and an application are deployed as examples/environments says", { timeout: 600_000 }, async () => {
  const page = new HowTo("environments");
  const passphrase = { PULUMI_CONFIG_PASSPHRASE: randomBytes(16).toString("hex") };
  await using stack = await page.workspace(passphrase);
  for (const name of ["dev", "prod"]) {
    await followAll(stack, [
      ...(name === "prod" ? ["pulumi stack init prod"] : []),
      `pulumi config set --stack ${name} baseUrl ${sandbox.url}`,
    ]);
  }
  const keys = { dev: key("good"), prod: key("good") };
  const [connections = [], application = []] = page.commands("Steps");
  const commands = connections.filter((command) => command !== "pulumi stack init prod");
  expect(commands).toHaveLength(connections.length - 1);
  await followAll(stack, commands, { "--stack dev --secret": keys.dev, "--stack prod --secret": keys.prod });

  const backend = { PULUMI_BACKEND_URL: pathToFileURL(join(stack.root, "backend")).href };
  await using app = await page.workspace({ ...passphrase, ...backend }, {}, "environments/app");
  const done = await followAll(app, application);
  expect(done.get(application.at(-1) ?? "")?.stdout.trim()).toBe(keyFingerprint(keys.dev));
  expect(await app.outputs()).toMatchObject({ openai: "[secret]" });
  expect(await app.exportStack()).not.toContain(keys.dev);
  expect(await app.outputs({ showSecrets: true })).toMatchObject({ openai: { apiKey: keys.dev } });

  sandbox.use(keys.dev, "wrong-key");
  expect((await follow(stack, "pulumi up --stack dev")).code).not.toBe(0);
  const wayOut = page.commands("When the check blocks you").flat();
  const out = await followAll(stack, wayOut);
  expect(out.get("pulumi up --stack dev")?.all).toContain("deepseek:verify to 'none', which overrides");
  expect((await follow(stack, "pulumi up --stack dev")).code).not.toBe(0);
});

it("insufficient balance stops a deployment to production, but only warns in development", async () => {
  const page = new HowTo("environments");
  await using stack = await page.workspace();
  await followAll(stack, ["pulumi stack init prod"]);
  for (const name of ["dev", "prod"]) {
    await followAll(stack, [`pulumi config set --stack ${name} baseUrl ${sandbox.url}`]);
    await followAll(stack, [`pulumi config set --stack ${name} --secret deepseek:apiKey`], {
      "--secret": key("unfunded"),
    });
  }
  const [dev, prod] = [await stack.preview("--stack", "dev"), await stack.preview("--stack", "prod")];
  expect(dev.code, dev.all).toBe(0);
  expect(dev.all).toContain("warning: DeepSeekConnection 'DeepSeek of dev': ");
  expect(prod.code).not.toBe(0);
});
