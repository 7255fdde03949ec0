import { Command } from "commander";
import { type ConnectionOptions, keyHelp, withConnectionOptions } from "./connection-options.ts";
import { exitCodes, exitCodesHelp } from "./usage.ts";

const explanation = `
It asks what a deployment asks: the list of models and the balance, which are free of charge, and then one chat
completion of one output token, the only proof that a model answers (about $0.000002 in November 2026). Nothing is spent
with '--test-call models', which leaves that out.

${keyHelp}

Examples:
  $ npx pulumi-deepseek check                                    the key in DEEPSEEK_API_KEY
  $ npx pulumi-deepseek check --test-call models                 the same, free of charge
  $ pulumi config get deepseek:apiKey | npx pulumi-deepseek check --key-file -
  $ npx pulumi-deepseek check --key-file - --base-url https://gateway.example/v1
  $ npx pulumi-deepseek check --json | jq --raw-output .nextStep

--json prints one object: verdict, code, cause, nextStep, hints, keyFingerprint, keyFrom, baseUrl, testCall, model,
servedModel, models, balances, calls. What is not known is left out; what is wrong with the command line goes to stderr.

${exitCodesHelp()}`;

/** `pulumi-deepseek check`. */
export function checkCommand(): Command {
  const command = new Command("check").description(
    "Check a key as a deployment does: its verdict, what each call said, and what to do next.",
  );
  return withConnectionOptions(command)
    .addHelpText("after", explanation)
    .action(async (typed: ConnectionOptions) => {
      // Loaded only now: `--help`, or a mistake, need not wait for what talks to a service.
      const { examine } = await import("./examine.ts");
      const { renderReport } = await import("./report.ts");
      const report = await examine(typed);
      console.log(typed.json ? JSON.stringify(report, null, 2) : renderReport(report));
      process.exitCode = exitCodes[report.verdict];
    });
}
