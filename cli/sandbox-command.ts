import { once } from "node:events";
import { Command } from "commander";
import type { Profile } from "../provider/sandbox/profile.ts";
import { type ProfileName, profileNames, profiles } from "../provider/sandbox/profiles.ts";
import type { Exchange, Sandbox } from "../provider/sandbox/server.ts";
import { table } from "./terminal.ts";
import { usageError, wholeNumber } from "./usage.ts";

/** The command line's options. */
interface SandboxOptions {
  readonly port: number;
  readonly latency: number;
  readonly profile: string;
  readonly publicModels?: boolean;
}

const explanation = `
It needs no account and no network, and listens only on this machine. The scenarios include a revoked key, insufficient
balance, an overloaded service and a service that never answers. The keys work only with the sandbox. Press Ctrl-C to
stop it.

With --profile it answers like another service, as far as that service's replies have been published.

Examples for a second terminal; enter one of the keys that the sandbox prints:
  $ npx pulumi-deepseek check --key-file - --base-url http://127.0.0.1:4242         prompts for the key
  $ pulumi config set --secret deepseek:apiKey                                      for a program with
      new DeepSeekConnection("main", { baseUrl: "http://127.0.0.1:4242" });`;

/** `pulumi-deepseek sandbox`. */
export function sandboxCommand(): Command {
  return new Command("sandbox")
    .description(
      "Start a local server that answers like DeepSeek, or like a gateway. It prints a key for each scenario.",
    )
    .option("--port <number>", "port on 127.0.0.1; 0 chooses a free one", wholeNumber(0, 65_535), 4_242)
    .option("--latency <ms>", "delay before every answer, in milliseconds", wholeNumber(0, 600_000), 0)
    .option("--profile <name>", `the service to answer like: ${profileNames.join(", ")}`, "deepseek")
    .option("--public-models", "list the models to anyone, without a key, as many gateways do")
    .addHelpText("after", explanation)
    .action(serve);
}

async function serve({ port, latency, profile: typed, publicModels }: SandboxOptions): Promise<void> {
  const name = readProfile(typed);
  const { startSandbox } = await import("../provider/sandbox/server.ts");
  const { sandboxKey } = await import("../provider/sandbox/accounts.ts");
  const options = { port, latencyMs: latency, profile: name, onExchange: log };
  const started = startSandbox({ ...options, ...(publicModels === true && { publicModels }) });
  const sandbox = await started.catch((error: NodeJS.ErrnoException) => {
    throw usageError("port-unavailable", { port: String(port), code: error.code ?? "" });
  });
  for (const scenario of sandbox.scenarios.keys()) sandbox.use(sandboxKey(scenario), scenario);
  console.log(greeting(sandbox, profiles[name], sandboxKey));
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  await sandbox.close();
}

function readProfile(typed: string): ProfileName {
  const known = profileNames.find((name) => name === typed);
  if (known !== undefined) return known;
  throw usageError("profile-unknown", { name: typed, names: profileNames.join(", ") });
}

function greeting({ url, baseUrl, scenarios }: Sandbox, profile: Profile, keyOf: (scenario: string) => string): string {
  const { title, models, routing, refusals } = profile;
  const good = keyOf("good");
  const rows = [...scenarios].map(([name, { description }]) => [`  ${name}`, keyOf(name), description]);
  const others =
    refusals.wrongKey === undefined
      ? "Any other key works, too."
      : `Any other key is unknown and gets ${refusals.wrongKey.status}.`;
  // Other services' lists may start with a model that cannot be used.
  const isDeepSeek = profile === profiles.deepseek;
  const inputs = [
    `apiKey: "${good}"`,
    `baseUrl: "${baseUrl}"`,
    ...(isDeepSeek ? [] : [`defaultModel: "${models[0]}"`]),
    ...(routing === undefined ? [] : [`headers: { "${routing.header}": "${routing.value}" }`]),
  ];
  const header = routing === undefined ? undefined : `${routing.header}: ${routing.value}`;
  const check = [
    `npx pulumi-deepseek check --key-file - --base-url ${baseUrl}`,
    ...(isDeepSeek ? [] : [`--model ${models[0]}`]),
    ...(header === undefined ? [] : ["--header-file headers.txt"]),
  ];
  const other = [...scenarios.keys()].find((name) => name === "unfunded") ?? "retired-model";
  return `The sandbox is running at ${baseUrl} and answers like ${title}.

${table(["  SCENARIO", "KEY", "WHAT IT DOES"], rows)}

${others} To use a key in a program:
  new DeepSeekConnection("deepseek", { ${inputs.join(", ")} });
To check a key from the command line:
${header === undefined ? "" : `  echo '${header}' > headers.txt\n`}  echo ${good} | ${check.join(" ")}
To make a call by hand:
  curl -H "Authorization: Bearer ${good}" ${header === undefined ? "" : `-H "${header}" `}${baseUrl}/models
To change a key's scenario at any time, here to ${other}:
  curl -X PUT ${url}/sandbox/scenario -d '{"key":"${good}","scenario":"${other}"}'
To list the requests so far:
  curl ${url}/sandbox/requests

Press Ctrl-C to stop. Requests:`;
}

function log({ method, path, status, scenario, milliseconds }: Exchange): void {
  console.log(`${method} ${path} ${status ?? "no answer"} ${scenario ?? "-"} ${milliseconds} ms`);
}
