import { expect, it } from "vitest";
import { oneConnection } from "../support/programs.ts";
import { startSandboxWithWorkspaces } from "./sandbox-with-workspaces.ts";

/* Where a program finds warnings and errors, as provider/GUIDE.md says. `automation.test.ts` tests the events. */

const { key, workspace } = await startSandboxWithWorkspaces();

interface Diagnostic {
  readonly severity: string;
  readonly message: string;
  readonly urn?: string;
}

it("warnings are data: in the diagnostics of `preview --json`, and in statusReason", async () => {
  await using stack = await workspace(oneConnection());
  await stack.setConfig("deepseek:apiKey", key("unfunded"), { secret: true });

  const preview = await stack.preview("--json");
  expect(preview.code, preview.all).toBe(0);
  const { diagnostics }: { readonly diagnostics: readonly Diagnostic[] } = JSON.parse(preview.stdout);
  const warnings = diagnostics.filter(({ severity }) => severity === "warning").map(({ message }) => message);
  expect(warnings).toContainEqual(
    expect.stringMatching(/^warning: DeepSeekConnection 'main': .*insufficient balance.* \[balance-insufficient\]\n$/),
  );

  expect(await stack.up()).toMatchObject({ code: 0 });
  expect(await stack.run(["stack", "output", "statusReason"])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/the account has insufficient balance\. .*\n$/),
  });
});

it("an error is data too: in the diagnostics of a failed `preview --json`", async () => {
  await using stack = await workspace(oneConnection());
  await stack.setConfig("deepseek:apiKey", key("wrong-key"), { secret: true });
  const { code, stdout } = await stack.preview("--json");
  expect(code).not.toBe(0);
  const { diagnostics }: { readonly diagnostics: readonly Diagnostic[] } = JSON.parse(stdout);
  expect(diagnostics).toContainEqual(
    expect.objectContaining({
      severity: "error",
      message: expect.stringMatching(/^error: .*apiKey \(fingerprint .* rejects this API key .*\[key-rejected\]/s),
      urn: expect.stringMatching(/::main$/),
    }),
  );
});
