import { writeFile } from "node:fs/promises";
import { Command } from "commander";
import { type Detail, usualDetail } from "../metrics.ts";
import type { Settings } from "./board.ts";
import { readNumber, readScenario, UsageError } from "./input.ts";
import { type ScenarioName, scenarioNames, scenarios } from "./scenarios.ts";

/** The command line's options, as they were typed. */
interface Typed {
  readonly svg?: string;
  readonly alarms?: string;
  readonly every: string;
  readonly connections?: string;
  readonly json?: true;
}

const explanation = `
A rehearsal takes seconds and needs no AWS account, no key and no network. It runs the monitor's real function on a
simulated clock against a local server that fails as DeepSeek does, reads the metrics that the function really prints,
and evaluates the monitor's real alarms by CloudWatch's documented rules.

Examples:
  $ npx pulumi-deepseek rehearse                                  lists the scenarios
  $ npx pulumi-deepseek rehearse key-revoked                      who is told, and in which minute
  $ npx pulumi-deepseek rehearse long-outage --svg outage.svg     the same as a drawing
  $ npx pulumi-deepseek rehearse outage --alarms alarms.json      with thresholds of your own

alarms.json has the shape of the monitor's 'alarms' argument:
  {"serviceDown": {"threshold": 0.8, "severity": "ticket"}, "rateLimited": {"enabled": true}}`;

/** `pulumi-deepseek rehearse`. */
export function rehearseCommand(): Command {
  const command = new Command("rehearse")
    .description(
      "Replay an incident: which alarm of a DeepSeekMonitor tells whom, in which minute, and what stays silent.",
    )
    .argument("[scenario]", "what goes wrong; without it the scenarios are listed")
    .option("--svg <file>", "also draw the gauges, thresholds and alarm states to this file")
    .option("--alarms <file>", "a JSON file with the monitor's 'alarms' argument")
    .option("--every <minutes>", "minutes between two runs, 1 to 60", "1")
    .option("--connections <number>", "connections that are monitored, 1 to 1000 (default: what the scenario needs)")
    .option("--json", "print the whole timeline as JSON")
    .addHelpText("after", explanation);
  return command.action(async (scenario: string | undefined, typed: Typed) => {
    try {
      if (scenario === undefined) console.log(list(typed.json === true));
      else await run(readScenario(scenario), typed);
    } catch (error) {
      if (error instanceof UsageError) command.error(`error: ${error.message}`, { exitCode: 2 });
      throw error;
    }
  });
}

function list(asJson: boolean): string {
  if (asJson) {
    const descriptions = scenarioNames.map((name) => [name, scenarios[name].description]);
    return JSON.stringify(Object.fromEntries(descriptions), null, 2);
  }
  const width = Math.max(...scenarioNames.map((name) => name.length));
  const rows = scenarioNames.map((name) => `  ${name.padEnd(width)}  ${scenarios[name].description}`);
  return `Scenarios for 'npx pulumi-deepseek rehearse <scenario>':\n\n${rows.join("\n")}\n`;
}

async function run(scenario: ScenarioName, typed: Typed): Promise<void> {
  const intervalMinutes = readNumber("--every", typed.every, 1, 60);
  const given = typed.connections === undefined ? undefined : readNumber("--connections", typed.connections, 1, 1_000);
  const connections = given ?? scenarios[scenario].connections ?? 1;
  // Loaded only now: they bring the function, the sandbox and Pulumi with them, which a list or a mistake need not wait for.
  const { rehearse, renderSvg, renderText } = await import("./index.ts");
  const alarms = typed.alarms === undefined ? {} : await readAlarms(typed.alarms, usualDetail(connections));
  const options = { intervalMinutes, connections, alarms };
  const progress = new Progress(scenario);
  const timeline = await rehearse(scenario, { ...options, onMinute: (done, all) => progress.show(done, all) });
  progress.end();
  console.log(typed.json ? JSON.stringify(timeline, null, 2) : renderText(timeline).trimEnd());
  if (typed.svg === undefined) return;
  const { svg } = typed;
  await writeFile(svg, renderSvg(timeline)).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(
      `The drawing cannot be written to '${svg}' (${error.code}). Give --svg a file in a folder that exists.`,
    );
  });
  if (!typed.json) console.log(`Drawn: ${svg}`);
}

async function readAlarms(file: string, detail: Detail): Promise<Settings> {
  const { readSettings } = await import("./settings-file.ts");
  return readSettings(file, detail);
}

/** One line on stderr, on a terminal only, for a rehearsal that takes longer than two seconds. */
class Progress {
  readonly #scenario: string;
  readonly #started = performance.now();
  #shown = false;

  constructor(scenario: string) {
    this.#scenario = scenario;
  }

  show(done: number, all: number): void {
    if (!process.stderr.isTTY || performance.now() - this.#started < 2_000) return;
    process.stderr.write(`\rRehearsing '${this.#scenario}': minute ${done} of ${all} `);
    this.#shown = true;
  }

  end(): void {
    // Goes back to the beginning of the line and clears it.
    if (this.#shown) process.stderr.write("\r\u001b[K");
  }
}
