import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type AlarmsArgs, type Currency, TestCall } from "../arguments.ts";
import { type Variables, variablesOf } from "../environment.ts";
import type { MonitorEvent } from "../lambda/invocation.ts";
import { type Detail, NAMESPACE } from "../metrics.ts";
import { shardSecretName } from "../names.ts";
import { eventFor, type Shard } from "../shards.ts";
import { type MetricStore, readSamples } from "./metric-store.ts";
import { type KeyStorage, SimulatedAccount } from "./simulated-account.ts";
import { SimulatedService } from "./simulated-service.ts";

/** The monitor's name in the rehearsal. */
export const MONITOR = "rehearsal";

/** The rehearsal's minute 0. The date does not matter. */
const BEGINNING = Date.UTC(2026, 0, 5);
const MINUTE_MS = 60_000;
/** Age of the keys at minute 0, in milliseconds: at minute 10 they are 60 days old. */
const KEY_AGE_MS = (60 * 24 * 60 - 10) * MINUTE_MS;
/** The function's remaining time that Lambda reports when a run begins, in milliseconds. */
const REMAINING_MS = 55_000;

type Run = (event: MonitorEvent) => Promise<unknown>;

/** The deployment that is rehearsed. */
export interface Deployment extends KeyStorage {
  /** The connections' names, shard by shard. */
  readonly shards: readonly Shard<string>[];
  readonly detail: Detail;
  /** The currency of all accounts. */
  readonly currency: Currency;
  readonly alarms: AlarmsArgs;
}

/**
 * Returns the function's environment in a rehearsal: that of a deployment with the same arguments and without a dashboard. The
 * gauges that only a dashboard shows are not written, since no alarm reads them.
 */
export function rehearsedVariables({
  shards,
  detail,
  alarms,
}: Pick<Deployment, "shards" | "detail" | "alarms">): Variables {
  return variablesOf({
    monitor: MONITOR,
    shards: shards.length,
    testCall: TestCall.Chat,
    detail,
    alarms,
    dashboard: false,
    dnsSuffix: "amazonaws.com",
  });
}

/** The function in a rehearsal, with a simulated clock, environment, secrets and service. */
export class SimulatedFunction {
  /** The current minute. */
  minute = 0;
  readonly runs = { made: 0, failed: 0 };
  readonly account: SimulatedAccount;
  readonly #service: SimulatedService;
  readonly #events: readonly MonitorEvent[];
  #sound: Run = async () => {};
  #broken: Run = async () => {};

  private constructor(service: SimulatedService, { shards, ...storage }: Deployment) {
    this.#service = service;
    this.account = new SimulatedAccount(service, () => this.#now(), storage);
    this.#events = shards.map(eventFor);
    for (const shard of shards) {
      for (const name of shard.connections) {
        this.account.add(name, shardSecretName(MONITOR, shard.name), new Date(BEGINNING - KEY_AGE_MS));
      }
    }
  }

  /** @param store receives the metrics that the function prints */
  static async deploy(deployment: Deployment, store: MetricStore): Promise<SimulatedFunction> {
    const { createHandler, SecretUnreadableError } = await loadFunction();
    const deployed = new SimulatedFunction(await SimulatedService.start(deployment.currency), deployment);
    const runIn = (variables: Readonly<Record<string, string | undefined>>): Run => {
      const handler = createHandler({
        environment: variables,
        http: deployed.#service.http,
        readSecret: async (name) => {
          const secret = deployed.account.readSecret(name);
          if (secret !== undefined) return secret;
          throw SecretUnreadableError.of("secret-not-found");
        },
        clock: { now: () => deployed.#now(), sleep: async () => {} },
        print: (line) => {
          for (const sample of readSamples(line, NAMESPACE)) store.add(sample, minuteOf(sample.timestamp));
        },
        log: { info() {}, warn() {}, error() {} },
      });
      return (event) => handler(event, { getRemainingTimeInMillis: () => REMAINING_MS, awsRequestId: "rehearsal" });
    };
    deployed.#sound = runIn(rehearsedVariables(deployment));
    deployed.#broken = runIn({});
    return deployed;
  }

  /** Runs each shard's schedule once, unless the schedules are disabled. */
  async run(): Promise<void> {
    if (!this.account.isScheduled) return;
    const run = this.account.isSound ? this.#sound : this.#broken;
    await Promise.all(
      this.#events.map(async (event) => {
        if (this.minute >= 0) this.runs.made++;
        // Only an invalid event or environment throws. Lambda counts that as an error, and nothing is printed.
        await run(event).catch(() => this.runs.failed++);
      }),
    );
  }

  /** Stops the simulated service. */
  clear(): Promise<void> {
    return this.#service.close();
  }

  #now(): number {
    return BEGINNING + this.minute * MINUTE_MS;
  }
}

function minuteOf(timestamp: number): number {
  return Math.floor((timestamp - BEGINNING) / MINUTE_MS);
}

type Lambda = typeof import("../lambda/index.ts");

/**
 * Loads the function's code. In the package this is the deployed bundle, which contains its dependencies. In the sources of
 * this repository, before a build, it is the modules from which the bundle is built.
 */
function loadFunction(): Promise<Pick<Lambda, "createHandler" | "SecretUnreadableError">> {
  const bundle = join(__dirname, "../lambda/bundle/index.js");
  return existsSync(bundle) ? import(pathToFileURL(bundle).href) : import("../lambda/index.ts");
}
