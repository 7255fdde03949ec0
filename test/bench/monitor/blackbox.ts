import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pLimit from "p-limit";
import { Agent, request } from "undici";
import { freePort } from "../../support/free-port.ts";
import { ensureGoTool, type GoTool } from "../../support/go-tool.ts";
import { startServer } from "../../support/server.ts";

/** The resources that the exporter used for its probes. CPU and memory do not include its client, usually Prometheus. */
export interface Scrape {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly maxRssMegabytes: number;
}

const tool: GoTool = {
  name: "blackbox_exporter",
  purpose: "The benchmarks",
  module: fileURLToPath(new URL("../go", import.meta.url)),
  from: "github.com/prometheus/blackbox_exporter",
  source: "github.com/prometheus/blackbox_exporter",
  versionVariable: "github.com/prometheus/common/version.Version",
};

/**
 * Lets a new blackbox exporter of Prometheus probe the list of models of a service, `atOnce` probes in parallel. It makes one
 * call for each target, and all targets have the same key: the key is part of a module, and 10,000 modules would be unfair.
 *
 * @throws if a probe does not succeed.
 */
export async function scrape(
  serviceUrl: string,
  apiKey: string,
  targets: number,
  atOnce: number,
  authorityFile: string,
  progress: (line: string) => void,
): Promise<Scrape> {
  const program = await ensureGoTool(tool, progress);
  const folder = await mkdtemp(join(tmpdir(), "bench-blackbox-"));
  const config = join(folder, "blackbox.yml");
  // JSON is YAML.
  const http = {
    authorization: { type: "Bearer", credentials: apiKey },
    tls_config: { ca_file: authorityFile },
    fail_if_not_ssl: true,
  };
  await writeFile(config, JSON.stringify({ modules: { http_2xx: { prober: "http", http } } }), { mode: 0o600 });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const command = [program, `--config.file=${config}`, `--web.listen-address=127.0.0.1:${port}`, "--log.prober=error"];
  const stop = await startServer("blackbox_exporter", command, `${url}/-/healthy`, "level=ERROR");
  const agent = new Agent({ connections: atOnce });
  const get = async (path: string) => (await request(url + path, { dispatcher: agent })).body.text();
  try {
    const before = await get("/metrics");
    const probe = `/probe?module=http_2xx&target=${encodeURIComponent(`${serviceUrl}/models`)}`;
    const limit = pLimit(atOnce);
    const started = performance.now();
    const answers = await Promise.all(Array.from({ length: targets }, () => limit(() => get(probe))));
    const wallSeconds = (performance.now() - started) / 1_000;
    const after = await get("/metrics");
    const failed = answers.find((answer) => gauge(answer, "probe_success") !== 1);
    if (failed !== undefined) throw new Error(`The blackbox exporter did not find the service well:\n${failed}`);
    const cpu = "process_cpu_seconds_total";
    return {
      wallSeconds,
      cpuSeconds: gauge(after, cpu) - gauge(before, cpu),
      maxRssMegabytes: gauge(after, "process_resident_memory_bytes") / 2 ** 20,
    };
  } finally {
    await agent.close();
    await stop();
    await rm(folder, { recursive: true });
  }
}

/** Reads a value from Prometheus' text format; NaN if it is missing. */
function gauge(text: string, name: string): number {
  const line = text.split("\n").find((each) => each.startsWith(`${name} `));
  return Number(line?.split(" ")[1] ?? Number.NaN);
}
