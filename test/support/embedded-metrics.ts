import { z } from "zod";

const document = z.looseObject({
  _aws: z.strictObject({
    Timestamp: z.int(),
    CloudWatchMetrics: z
      .array(
        z.strictObject({
          Namespace: z.literal("DeepSeekMonitor"),
          Dimensions: z.array(z.array(z.string()).max(30)).length(1),
          Metrics: z
            .array(z.strictObject({ Name: z.string(), Unit: z.string() }))
            .min(1)
            .max(100),
        }),
      )
      .length(1),
  }),
});

const values = z.union([z.number().transform((value) => [value]), z.array(z.number()).min(1).max(100)]);

/** A document as CloudWatch reads it. */
interface Written {
  readonly at: number;
  /** `name{Dimension=value,…}`, dimensions sorted. */
  readonly values: Readonly<Record<string, readonly number[]>>;
  readonly units: Readonly<Record<string, string>>;
}

/**
 * Reads a document as CloudWatch does. Throws if CloudWatch would silently drop it. Source: CloudWatch,
 * 'Specification: Embedded metric format'.
 */
function readEmf(line: string): Written {
  const { _aws, ...members } = document.parse(JSON.parse(line));
  const [directive] = _aws.CloudWatchMetrics;
  const names = directive?.Dimensions[0] ?? [];
  const metrics = directive?.Metrics ?? [];
  const known = [...names, ...metrics.map(({ Name }) => Name)].sort();
  if (JSON.stringify(Object.keys(members).sort()) !== JSON.stringify(known)) {
    throw new Error(`The document has ${Object.keys(members)}, its directive names ${known}.`);
  }
  const dimensions = names.toSorted().map((name) => `${name}=${z.string().min(1).max(1_024).parse(members[name])}`);
  const keyed = metrics.map(({ Name, Unit }) => [`${Name}{${dimensions}}`, values.parse(members[Name]), Unit] as const);
  return {
    at: _aws.Timestamp,
    values: Object.fromEntries(keyed.map(([key, value]) => [key, value])),
    units: Object.fromEntries(keyed.map(([key, , unit]) => [key, unit])),
  };
}

/** Returns the values of all documents, by metric. */
export function gaugesIn(lines: readonly string[]): Readonly<Record<string, readonly number[]>> {
  const all: Record<string, number[]> = {};
  for (const [key, more] of lines.flatMap((line) => Object.entries(readEmf(line).values))) {
    all[key] = [...(all[key] ?? []), ...more];
  }
  return all;
}
