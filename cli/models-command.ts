import { Command } from "commander";
import { type ConnectionOptions, keyHelp, withConnectionOptions } from "./connection-options.ts";
import { exitCodes, exitCodesHelp } from "./usage.ts";

const explanation = `
This command is free of charge. The list may lack aliases, which work even if they are not listed. With --json, the
command prints the same object as 'check --json --test-call models'. Many gateways list their models to anyone, so that
a list does not prove that the key works. The command then prints a note on stderr. To check the key, use 'check'.

${keyHelp}

Examples:
  $ npx pulumi-deepseek models
  $ npx pulumi-deepseek models --json | jq --raw-output '.models[].id'

${exitCodesHelp()}
If the models are listed, the exit code is 0. If the account has insufficient balance, there is a warning on stderr.`;

/** `pulumi-deepseek models`. */
export function modelsCommand(): Command {
  const command = new Command("models").description(
    "List the models that a key may use, as the service describes them.",
  );
  return withConnectionOptions(command, ["baseUrl", "headers", "allowInsecureHttp", "timeoutSeconds", "maxAttempts"])
    .addHelpText("after", explanation)
    .action(async (typed: ConnectionOptions) => {
      const { examine } = await import("./examine.ts");
      const { renderModels, renderUnproven, renderVerdict } = await import("./report.ts");
      const report = await examine({ ...typed, testCall: "models" });
      if (typed.json) console.log(JSON.stringify(report, null, 2));
      else if (report.models !== undefined) console.log(renderModels(report.models));
      if (report.verdict !== "valid" && !typed.json) {
        // The models are what was requested: it is no fault that they do not prove the key.
        const isNote = report.verdict === "unverified";
        console.error(isNote ? renderUnproven(report) : renderVerdict(report, process.stderr));
      }
      process.exitCode = report.models === undefined ? exitCodes[report.verdict] : exitCodes.valid;
    });
}
