import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";

/** The resources that a program in a separate process used. */
interface Usage {
  readonly wallSeconds: number;
  /** In user and system mode. */
  readonly cpuSeconds: number;
  readonly maxRssMegabytes: number;
  /** The program's own report. */
  readonly said: unknown;
}

/** The resources that parallel processes used, one for each input. */
export interface Together {
  /** From the start of the first to the end of the last. */
  readonly wallSeconds: number;
  /** The sum over all processes. */
  readonly cpuSeconds: number;
  /** The maximum over all processes. */
  readonly maxRssMegabytes: number;
  readonly said: readonly unknown[];
}

/** Runs a program in several processes, each with its own input. See `measure`. */
export async function measureTogether(
  program: string,
  env: NodeJS.ProcessEnv,
  inputs: readonly unknown[],
): Promise<Together> {
  const started = performance.now();
  const usages = await Promise.all(inputs.map((input) => measure(program, env, input)));
  return {
    wallSeconds: (performance.now() - started) / 1_000,
    cpuSeconds: usages.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    maxRssMegabytes: Math.max(...usages.map(({ maxRssMegabytes }) => maxRssMegabytes)),
    said: usages.map(({ said }) => said),
  };
}

/** Runs a program in a separate process that may open 1,024 files, as in Lambda. It reports with `report(said)`. */
async function measure(program: string, env: NodeJS.ProcessEnv, input: unknown): Promise<Usage> {
  const source = `
    const started = performance.now();
    const report = (said) => {
      const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
      const wallSeconds = (performance.now() - started) / 1e3;
      const usage = { wallSeconds, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, maxRssMegabytes: maxRSS / 1024, said };
      process.stderr.write("\\nusage " + JSON.stringify(usage) + "\\n", () => process.exit());
    };
    let text = "";
    process.stdin.on("data", (chunk) => (text += chunk)).on("end", () => run(JSON.parse(text)));
    ${program}
  `;
  const child = spawn("/bin/sh", ["-c", 'ulimit -n 1024 && exec "$0" -e "$1"', process.execPath, source], {
    env,
    stdio: ["pipe", "ignore", "pipe"],
  });
  child.stdin.end(JSON.stringify(input));
  const [errors] = await Promise.all([text(child.stderr), once(child, "close")]);
  const line = errors.split("\n").findLast((each) => each.startsWith("usage "));
  if (line === undefined) throw new Error(`The program did not report:\n${errors.slice(0, 2_000)}`);
  return JSON.parse(line.slice("usage ".length));
}

/**
 * Milliseconds of CPU that loading a module takes in a new process with an open output, as in Lambda's runtime, without and with
 * Node's own start. Measured as CPU time of the loading thread, since wall time would include the load of the machine.
 */
export async function loadTime(file: string): Promise<{ readonly load: number; readonly withStart: number }> {
  const program = `
    process.stdout; process.stderr;
    const before = process.threadCpuUsage();
    require(${JSON.stringify(file)});
    const load = process.threadCpuUsage(before);
    const all = process.threadCpuUsage();
    console.log(JSON.stringify({ load: (load.user + load.system) / 1e3, withStart: (all.user + all.system) / 1e3 }));
  `;
  const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  const [output] = await Promise.all([text(child.stdout), once(child, "close")]);
  return JSON.parse(output);
}
