import { type MetricDatum, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import type { Clients } from "./clients.ts";

/** A line in CloudWatch's embedded metric format. Source: CloudWatch user guide, 'Specification: Embedded metric format'. */
interface EmfDocument {
  readonly _aws: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit?: string }[];
    }[];
  };
  readonly [name: string]: unknown;
}

/**
 * How far the timestamps of measurements are moved back. The emulator's alarms use the worst value of the whole evaluation
 * range (two minutes for 'key rejected') instead of each period by itself, so a recovery would appear two minutes late.
 */
const AGED_BY_MS = 90_000;

/** A function's log. CloudWatch extracts metrics from it and the emulator does not, so this class does it. */
export class FunctionLog {
  readonly #clients: Clients;
  readonly #group: string;
  /** Every line so far. */
  readonly lines: string[] = [];

  constructor(clients: Clients, functionName: string) {
    this.#clients = clients;
    this.#group = `/aws/lambda/${functionName}`;
  }

  /** Every measurement of a metric so far. */
  valuesOf(metric: string): unknown[] {
    return this.lines.flatMap((line) => parse(line)?.[metric] ?? []);
  }

  /** Reads the new lines and writes their metrics. @returns the new lines */
  async forward(): Promise<readonly string[]> {
    const lines = await this.read();
    for (const document of lines.map(parse)) if (document !== undefined) await this.#put(document);
    return lines;
  }

  /** Reads the new lines. @returns them */
  async read(): Promise<readonly string[]> {
    const { events = [] } = await this.#clients.logs.send(new FilterLogEventsCommand({ logGroupName: this.#group }));
    // The emulator's lines have no ids. A run's lines are stored together at its end, so new lines come last.
    const lines = events.slice(this.lines.length).map(({ message = "" }) => message);
    this.lines.push(...lines);
    return lines;
  }

  async #put(document: EmfDocument): Promise<void> {
    for (const { Namespace, Dimensions, Metrics } of document._aws.CloudWatchMetrics) {
      const data = Dimensions.flatMap((names) =>
        Metrics.map(({ Name, Unit }): MetricDatum => {
          return {
            MetricName: Name,
            Unit: Unit as MetricDatum["Unit"],
            Timestamp: new Date(document._aws.Timestamp - AGED_BY_MS),
            Dimensions: names.map((name) => ({ Name: name, Value: String(document[name]) })),
            Values: [document[Name]].flat().map(Number),
          };
        }),
      );
      await this.#clients.cloudwatch.send(new PutMetricDataCommand({ Namespace, MetricData: data }));
    }
  }
}

function parse(line: string): EmfDocument | undefined {
  return line.startsWith("{") && line.includes('"_aws"') ? JSON.parse(line) : undefined;
}
