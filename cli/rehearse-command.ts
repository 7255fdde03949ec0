import { writeFile } from "node:fs/promises";
import { Command, Option } from "commander";
import type { AlarmsArgs } from "../monitor/arguments.ts";
import { Detail } from "../monitor/metrics.ts";
import type { ScenarioName } from "../monitor/rehearsal/rehearsal-scenarios.ts";
import { aligned, Progress } from "./terminal.ts";
import { usageError, wholeNumber } from "./usage.ts";

/** The command line's options, as typed. */
interface RehearseOptions {
  readonly svg?: string;
  readonly alarms?: string;
  readonly every: number;
  readonly connections?: number;
  readonly detail: Detail;
  readonly json?: true;
}

const explanation = `
A rehearsal takes a few seconds and needs no AWS account, no key and no network. It runs the monitor's real function on
a simulated clock against a local server that simulates DeepSeek's failures. Then it reads the metrics that the function
prints, and evaluates the monitor's real alarms according to CloudWatch's documented rules.

Examples:
  $ npx pulumi-deepseek rehearse                                  lists the scenarios
  $ npx pulumi-deepseek rehearse key-revoked                      shows who is alerted, and in which minute
  $ npx pulumi-deepseek rehearse long-outage --svg outage.svg     also draws a chart
  $ npx pulumi-deepseek rehearse outage --alarms alarms.json      uses your own thresholds

alarms.json has the same form as the monitor's 'alarms' argument:
  {"serviceDown": {"threshold": 0.8, "severity": "ticket"}, "slow": {"enabled": true}}

With --json, another program can compute each change of state itself: each alarm has its definition in CloudWatch's
terms ('evaluation'), and each gauge has minimum, maximum, sum and sample count of each minute, before minute 0 too. The
form is described in the package, in monitor/rehearsal/REFERENCE.md under 'Timeline'.`;

/** `pulumi-deepseek rehearse`. */
export function rehearseCommand(): Command {
  return new Command("rehearse")
    .description(
      "Replay an incident. Shows which alarms of a DeepSeekMonitor fire, in which minute, and whom they alert.",
    )
    .argument("[scenario]", "the incident to replay; omit it to list the scenarios")
    .option("--svg <file>", "also draw the gauges, thresholds and alarm states to this file")
    .option("--alarms <file>", "a JSON file with the monitor's 'alarms' argument")
    .option("--every <minutes>", "minutes between two runs, 1 to 60", wholeNumber(1, 60), 1)
    .option(
      "--connections <number>",
      "number of monitored connections, 1 to 1000 (default: as many as the scenario needs)",
      wholeNumber(1, 1_000),
    )
    .addOption(
      new Option("--detail <detail>", "whether each connection or each shard of 50 has its own alarms")
        .choices(Object.values(Detail))
        .default(Detail.Connection),
    )
    .option("--json", "print everything as JSON: alarms, gauges by minute, changes of state, alerts")
    .addHelpText("after", explanation)
    .action(async (scenario: string | undefined, typed: RehearseOptions) => {
      // Loaded only now, because it is large: other commands do not wait for it.
      const { scenarioNames, scenarios } = await import("../monitor/rehearsal/rehearsal-scenarios.ts");
      const descriptions = scenarioNames.map((name) => [name, scenarios[name].description] as const);
      if (scenario === undefined)
        console.log(typed.json ? asJson(Object.fromEntries(descriptions)) : list(descriptions));
      else await run(readScenario(scenario, scenarioNames), typed);
    });
}

function list(descriptions: readonly (readonly string[])[]): string {
  const rows = aligned(descriptions.map(([name, description]) => [`  ${name}`, `${description}`]));
  return `Scenarios for 'npx pulumi-deepseek rehearse <scenario>':\n\n${rows}\n`;
}

function readScenario(typed: string, names: readonly ScenarioName[]): ScenarioName {
  const known = names.find((name) => name === typed);
  if (known !== undefined) return known;
  throw usageError("scenario-unknown", { name: typed, names: names.join(", ") });
}

async function run(scenario: ScenarioName, typed: RehearseOptions): Promise<void> {
  const { rehearse, renderSvg, renderText, scenarios } = await import("../monitor/rehearsal/index.ts");
  const connections = typed.connections ?? scenarios[scenario].connections ?? 1;
  const alarms = typed.alarms === undefined ? {} : await readAlarms(typed.alarms, typed.detail);
  const progress = new Progress(`Rehearsing '${scenario}' …`);
  const timeline = await rehearse(scenario, {
    intervalMinutes: typed.every,
    connections,
    detail: typed.detail,
    alarms,
    onMinute: (done, all) => progress.say(`Rehearsing '${scenario}': minute ${done} of ${all}`),
  });
  progress.end();
  console.log(typed.json ? asJson(timeline) : renderText(timeline).trimEnd());
  if (typed.svg === undefined) return;
  const { svg } = typed;
  await writeFile(svg, renderSvg(timeline)).catch((error: NodeJS.ErrnoException) => {
    throw usageError("drawing-not-written", { file: svg, code: error.code ?? "" });
  });
  if (!typed.json) console.log(`The drawing was written to ${svg}`);
}

async function readAlarms(file: string, detail: Detail): Promise<AlarmsArgs> {
  const { readSettings } = await import("./alarms-file.ts");
  return readSettings(file, detail);
}

function asJson(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
