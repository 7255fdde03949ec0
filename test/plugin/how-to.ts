import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, inject, it, onTestFinished } from "vitest";
import type { CommandResult } from "../../examples/demo/engine/command.ts";
import { createWorkspace } from "../../examples/demo/engine/workspace.ts";
import { keyFingerprint } from "../../provider/deepseek/redact.ts";
import { startSandbox } from "../../provider/sandbox/server.ts";
import { freshKey } from "../support/keys.ts";
import { findLeaks } from "../support/leaks.ts";
import { blocksOf, commandsOf } from "../support/markdown.ts";
import { read, root } from "../support/repository.ts";
import { withPlugin } from "./program.ts";

const page = read("examples/languages/README.md");

/**
 * Declares a test that follows the section of a language in examples/languages/README.md, with its program and its commands unchanged,
 * but for the first two: the plugin is built, and the folder is a copy.
 */
export function followHowTo(language: string, folder: string): void {
  it(`a connection is deployed from ${language} as examples/languages says, in five lines`, async () => {
    const [block] = blocksOf(page).filter(({ heading, language: fence }) => heading === language && fence === "sh");
    const [build, enter, ...commands] = commandsOf(block?.code ?? "");
    expect(build).toBe('npm run plugin && export PATH="$PWD/dist/plugin:$PATH"');
    expect(enter).toBe(`cd examples/languages/${folder}`);
    expect(commands).toHaveLength(3);

    const sandbox = await startSandbox();
    onTestFinished(() => sandbox.close());
    const engine = inject("engine");
    const env = { ...withPlugin(engine, inject("languagePath")), PULUMI_SKIP_CONFIRMATIONS: "true" };
    await using stack = await createWorkspace({ engine, program: {}, env });
    const cwd = join(stack.directory, folder);
    await cp(fileURLToPath(new URL(`examples/languages/${folder}`, root)), cwd, { recursive: true });
    await writeFile(join(cwd, "Pulumi.dev.yaml"), JSON.stringify({ config: { "deepseek:baseUrl": sandbox.url } }));
    /** Runs commands in a shell. @param key the input of the command that asks for it */
    const run = (lines: readonly string[], key?: string): Promise<CommandResult> =>
      stack.execute(["sh", "-e", "-c", lines.join("\n")], { cwd, input: key });

    const [good, rejected] = [freshKey(), freshKey()];
    sandbox.use(good, "good");
    sandbox.use(rejected, "wrong-key");
    const deployed = await run(commands, good);
    expect(deployed.code, deployed.all).toBe(0);
    const outputs = await run(["pulumi stack output --json"]);
    expect(JSON.parse(outputs.stdout)).toEqual({ status: "valid", openai: "[secret]" });
    expect(sandbox.requests.filter(({ path }) => path.endsWith("/chat/completions"))).toHaveLength(1);

    const activate = commands.some((command) => command.includes("activate")) ? [". .venv/bin/activate"] : [];
    const deploy = commands.at(-1) ?? "";
    const refused = await run(["pulumi config set --secret deepseek:apiKey", ...activate, deploy], rejected);
    expect(refused.code).not.toBe(0);
    expect(refused.all).toMatch(
      new RegExp(`DeepSeekConnection \\(main\\):\n +error: .*fingerprint ${keyFingerprint(rejected)}`),
    );
    const sinks = [deployed, outputs, refused].map(({ all }, index) => [`output ${index}`, all] as const);
    for (const key of [good, rejected]) expect(findLeaks(key, [...sinks, ...(await stack.files())])).toEqual([]);
  });
}
