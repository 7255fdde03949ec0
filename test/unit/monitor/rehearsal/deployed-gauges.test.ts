import { describe, expect, it } from "vitest";
import type { AlarmsArgs, DeepSeekMonitorArgs } from "../../../../monitor/arguments.ts";
import { createHandler } from "../../../../monitor/lambda/handler.ts";
import { SecretUnreadableError } from "../../../../monitor/lambda/secret-problems.ts";
import { Detail } from "../../../../monitor/metrics.ts";
import { MetricStore } from "../../../../monitor/rehearsal/metric-store.ts";
import type { SimulatedAccount } from "../../../../monitor/rehearsal/simulated-account.ts";
import { rehearsedVariables, SimulatedFunction } from "../../../../monitor/rehearsal/simulated-function.ts";
import { SimulatedService } from "../../../../monitor/rehearsal/simulated-service.ts";
import { planShards } from "../../../../monitor/shards.ts";
import { systemClock } from "../../../../provider/deepseek/retry.ts";
import { sandboxKey } from "../../../../provider/sandbox/accounts.ts";
import { gaugesIn } from "../../../support/embedded-metrics.ts";
import { everyAlarm } from "../../../support/every-alarm.ts";
import { type Deployment, deploy } from "../support/deploy.ts";

/** In fleet detail in two shards. In connection detail fewer, since each has a dozen alarms to deploy. */
const namesIn: Readonly<Record<Detail, readonly string[]>> = { connection: namesOf(8), fleet: namesOf(52) };

function namesOf(connections: number): readonly string[] {
  return Array.from({ length: connections }, (_, index) => `connection-${index + 1}`);
}

const arnOf = (name: string) => `arn:aws:secretsmanager:eu-central-1:111122223333:secret:${name}-AbCdEf`;

/** What goes wrong, in a rehearsal and with a deployed monitor. */
interface Trouble {
  readonly hasOneKey: boolean;
  readonly hasOwnSecrets: boolean;
  /** In the rehearsal. */
  readonly act: (account: SimulatedAccount) => void;
  /** With the deployed monitor: how the service answers these keys, and which secrets cannot be read. */
  readonly rejected: readonly string[];
  readonly limited: readonly string[];
  readonly unreadable: readonly string[];
}

const key = (name: string) => sandboxKey(name);
const quiet: Trouble = {
  hasOneKey: false,
  hasOwnSecrets: false,
  act: () => {},
  rejected: [],
  limited: [],
  unreadable: [],
};
const troubles: Readonly<Record<string, Trouble>> = {
  nothing: quiet,
  "one revoked key of many": { ...quiet, act: (account) => account.revoke("connection-1"), rejected: ["connection-1"] },
  "one revoked key in many connections": {
    ...quiet,
    hasOneKey: true,
    act: (account) => account.revoke("connection-1"),
    rejected: ["connection-1"],
  },
  "a rate limit of one key in many connections": {
    ...quiet,
    hasOneKey: true,
    act: (account) => account.meets("connection-1", "rate-limited"),
    limited: ["connection-1"],
  },
  "secrets of which one cannot be read": {
    ...quiet,
    hasOwnSecrets: true,
    act: (account) => account.deleteSecret("connection-1"),
    unreadable: [arnOf("connection-1")],
  },
};

describe.each(Object.values(Detail))("in %s detail, with every alarm", (detail) => {
  const { balanceFallsFast, ...possible } = everyAlarm(0.5);
  const alarms: AlarmsArgs = detail === Detail.Connection ? { balanceFallsFast, ...possible } : possible;

  it("the rehearsed function has the environment of the deployed one", async () => {
    const shards = planShards(namesIn[detail]);
    const connections = Object.fromEntries(namesIn[detail].map((name) => [name, { apiKey: key(name) }]));
    // A rehearsal has no topics.
    const { MONITOR_TOPICS: _, ...deployed } = variablesOf(
      await deploy({ connections, detail, alarms, dashboard: false }),
    );
    const { MONITOR_NAME } = deployed;
    expect({ ...rehearsedVariables({ shards, detail, alarms }), MONITOR_NAME }).toEqual(deployed);
    // A dashboard adds only gauges that no alarm reads.
    const { MONITOR_TOPICS: __, ...shown } = variablesOf(await deploy({ connections, detail, alarms: {} }));
    const { MONITOR_GAUGES: read = "", ...others } = rehearsedVariables({ shards, detail, alarms: {} });
    expect({ ...others, MONITOR_NAME }).toEqual({ ...shown, MONITOR_GAUGES: undefined });
    expect(shown["MONITOR_GAUGES"]?.split(",")).toEqual(expect.arrayContaining(read.split(",")));
  });

  it.each(Object.keys(troubles))("the rehearsed function writes the gauges of the deployed one: %s", async (name) => {
    const trouble = troubles[name] ?? quiet;
    const rehearsed = await rehearsedGauges(trouble, detail, alarms);
    const deployed = await deployedGauges(trouble, detail, alarms);
    expect(Object.keys(rehearsed).length).toBeGreaterThan(2);
    expect(rehearsed).toEqual(deployed);
  });
});

/** A gauge's minimum, maximum, sum and count. Of a latency, which is measured, only the count. */
function summary(name: string, of: { minimum: number; maximum: number; sum: number; sampleCount: number }) {
  const { minimum, maximum, sum, sampleCount } = of;
  return name.startsWith("LatencyMs") ? { sampleCount } : { minimum, maximum, sum, sampleCount };
}

async function rehearsedGauges({ hasOneKey, hasOwnSecrets, act }: Trouble, detail: Detail, alarms: AlarmsArgs) {
  const store = new MetricStore();
  const shards = planShards(namesIn[detail]);
  const deployment = { shards, detail, currency: "USD", alarms, hasOneKey, hasOwnSecrets } as const;
  const rehearsed = await SimulatedFunction.deploy(deployment, store);
  act(rehearsed.account);
  await rehearsed.run();
  await rehearsed.clear();
  return Object.fromEntries(
    store.gauges().flatMap(({ name, dimensions, points }) => {
      const all = Object.entries(dimensions).map(([dimension, value]) => `${dimension}=${value}`);
      return points.map((point) => [`${name}{${all.toSorted()}}`, summary(name, point)]);
    }),
  );
}

/** Runs the function as it is deployed: with the environment, the events and the secrets of the deployment. */
async function deployedGauges(trouble: Trouble, detail: Detail, alarms: AlarmsArgs) {
  const names = namesIn[detail];
  const keyOf = (name: string) => key(trouble.hasOneKey ? "connection-1" : name);
  const connections: DeepSeekMonitorArgs["connections"] = Object.fromEntries(
    names.map((name) => [name, trouble.hasOwnSecrets ? { secretArn: arnOf(name) } : { apiKey: keyOf(name) }]),
  );
  const deployment = await deploy({ connections, detail, alarms, dashboard: false });
  const values = deployment.of("secretsmanager/secretVersion:SecretVersion").map(({ inputs }) => {
    return (inputs["secretString"] as { readonly value: string }).value;
  });
  const secrets = new Map([
    ...deployment.of("secretsmanager/secret:Secret").map(({ inputs }, at) => [inputs["name"], values[at]] as const),
    ...names.map((name) => [arnOf(name), keyOf(name)] as const),
  ]);
  const service = await SimulatedService.start("USD");
  for (const name of names) service.use(keyOf(name), "good");
  for (const name of trouble.rejected) service.use(keyOf(name), "wrong-key");
  for (const name of trouble.limited) service.use(keyOf(name), "rate-limited");
  const lines: string[] = [];
  // In a rehearsal, a key is ten minutes younger than 60 days at minute 0.
  const createdAt = new Date(minute0 - (60 * 24 * 60 - 10) * 60_000);
  const handler = createHandler({
    environment: variablesOf(deployment),
    http: service.http,
    readSecret: async (name) => {
      const value = trouble.unreadable.includes(name) ? undefined : secrets.get(name);
      if (value === undefined) throw SecretUnreadableError.of("secret-not-found");
      return { value, createdAt };
    },
    clock: { ...systemClock, now: () => minute0, sleep: async () => {} },
    print: (line) => lines.push(line),
    log: { info() {}, warn() {}, error() {} },
  });
  for (const { inputs } of deployment.of("scheduler/schedule:Schedule")) {
    const { input } = inputs["target"] as { readonly input: string };
    await handler(JSON.parse(input), { getRemainingTimeInMillis: () => 55_000 });
  }
  await service.close();
  const { MONITOR_NAME = "" } = variablesOf(deployment);
  return Object.fromEntries(
    Object.entries(gaugesIn(lines)).map(([name, all]) => {
      const [minimum, maximum] = [Math.min(...all), Math.max(...all)];
      const sum = all.reduce((total, value) => total + value, 0);
      return [
        name.replace(`Monitor=${MONITOR_NAME}`, "Monitor=rehearsal"),
        summary(name, { minimum, maximum, sum, sampleCount: all.length }),
      ];
    }),
  );
}

const minute0 = Date.UTC(2026, 0, 5);

function variablesOf({ one }: Pick<Deployment, "one">): Readonly<Record<string, string>> {
  const { environment } = one("lambda/function:Function").inputs;
  return (environment as { readonly variables: Record<string, string> }).variables;
}
