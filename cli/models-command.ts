import { Command } from "commander";
import { type ConnectionOptions, keyHelp, withConnectionOptions } from "./connection-options.ts";
import { exitCodes, exitCodesHelp } from "./usage.ts";

const explanation = `
It is free of charge and shows each model as the service describes it. Aliases work without being listed. With --json it
prints the same object as 'check --json --test-call models'.

${keyHelp}

Examples:
  $ npx pulumi-deepseek models
  $ npx pulumi-deepseek models --json | jq --raw-output '.models[].id'

${exitCodesHelp()}
If the models are listed but the account has insufficient balance, the exit code is 0, with a warning on stderr.`;

/** `pulumi-deepseek models`. */
export function modelsCommand(): Command {
  const command = new Command("models").description(
    "List the models that a key may use, as the service describes them.",
  );
  return withConnectionOptions(command, ["baseUrl", "headers", "allowInsecureHttp", "timeoutSeconds", "maxAttempts"])
    .addHelpText("after", explanation)
    .action(async (typed: ConnectionOptions) => {
      const { examine } = await import("./examine.ts");
      const { renderModels, renderVerdict } = await import("./report.ts");
      const report = await examine({ ...typed, testCall: "models" });
      if (typed.json) console.log(JSON.stringify(report, null, 2));
      else if (report.models !== undefined) console.log(renderModels(report.models));
      if (report.verdict !== "valid" && !typed.json) console.error(renderVerdict(report, process.stderr));
      process.exitCode = report.models === undefined ? exitCodes[report.verdict] : exitCodes.valid;
    });
}
