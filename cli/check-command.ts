import { Command } from "commander";
import { type ConnectionOptions, keyHelp, withConnectionOptions } from "./connection-options.ts";
import { exitCodes, exitCodesHelp } from "./usage.ts";

const explanation = `
This command makes the same calls as a deployment. First it lists the models and reads the balance, free of charge. Then
it requests a chat completion of one output token, because only that proves that a model answers. In November 2026, this
call cost about $0.000002.

To make only the free calls, use '--test-call models'. DeepSeek lists its models only for a good key, so there these
calls prove the key. Other services may list theirs to anyone. To find out, the list is also requested once without the
key. If the service answers that too, if it has no list, or if the list lacks the model, the verdict is 'unverified'.

${keyHelp}

Examples:
  $ npx pulumi-deepseek check                                    checks the key in DEEPSEEK_API_KEY
  $ npx pulumi-deepseek check --test-call models                 the same, free of charge
  $ pulumi config get deepseek:apiKey | npx pulumi-deepseek check --key-file -
  $ npx pulumi-deepseek check --key-file - --base-url https://gateway.example/v1
  $ npx pulumi-deepseek check --json | jq --raw-output .nextStep

--json prints one object: verdict, code, cause, nextStep, hints, keyFingerprint, keyFrom, baseUrl, testCall, model,
servedModel, models, balances, calls. Fields without a value are omitted. Errors in the command line are
printed to stderr.

${exitCodesHelp()}`;

/** `pulumi-deepseek check`. */
export function checkCommand(): Command {
  const command = new Command("check").description(
    "Check a key as a deployment does. Shows the verdict, each call and its answer, and what to do next.",
  );
  return withConnectionOptions(command)
    .addHelpText("after", explanation)
    .action(async (typed: ConnectionOptions) => {
      // Loaded only now, so that `--help` and usage errors do not wait for the code that makes calls.
      const { examine } = await import("./examine.ts");
      const { renderReport } = await import("./report.ts");
      const report = await examine(typed);
      console.log(typed.json ? JSON.stringify(report, null, 2) : renderReport(report));
      process.exitCode = exitCodes[report.verdict];
    });
}
