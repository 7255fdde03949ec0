// The one table of prices. USD, list price, US East (N. Virginia), no free tier, no discount. As of 2026-11.
// AWS's price pages render their tables in the browser, so most figures come from the public reports named with them,
// which cite those pages. Check the sources again and update the date when a figure changes.

export const PRICES_AS_OF = "2026-11";

/** The price of one unit, by tier if there are several. */
export interface Price {
  readonly tiers: readonly Tier[];
  /** The unit. */
  readonly unit: string;
  /** The seller's price page. */
  readonly source: string;
  /** The source of the figure, with its date. */
  readonly readAt: string;
}

interface Tier {
  /** The last unit of this tier, counted from the first unit of all tiers. */
  readonly upTo: number;
  readonly usd: number;
}

const cloudWatch = "https://aws.amazon.com/cloudwatch/pricing/";
const lambda = "https://aws.amazon.com/lambda/pricing/";
const secretsManager = "https://aws.amazon.com/secrets-manager/pricing/";
const kms = "https://aws.amazon.com/kms/pricing/";
const sns = "https://aws.amazon.com/sns/pricing/";
const deepSeek = "https://api-docs.deepseek.com/quick_start/pricing";

function flat(usd: number): readonly Tier[] {
  return [{ upTo: Number.POSITIVE_INFINITY, usd }];
}

const MILLION = 1_000_000;

export const prices = {
  /** Billed by the metrics that an alarm reads. */
  alarmMetric: {
    tiers: flat(0.1),
    unit: "metric of a standard-resolution alarm, month",
    source: cloudWatch,
    readAt: "github.com/api-evangelist/cloudwatch, plans/cloudwatch-plans-pricing.yml, 2026-05",
  },
  customMetric: {
    tiers: [
      { upTo: 10_000, usd: 0.3 },
      { upTo: 250_000, usd: 0.1 },
      { upTo: 1_000_000, usd: 0.05 },
      { upTo: Number.POSITIVE_INFINITY, usd: 0.02 },
    ],
    unit: "custom metric, month",
    source: cloudWatch,
    readAt: "as above; the last tier: reports of 2022, not confirmed for 2026 and not reached here",
  },
  dashboard: {
    tiers: flat(3),
    unit: "dashboard, month",
    source: cloudWatch,
    readAt: "factualminds.com on CloudWatch's pricing, 2026-06",
  },
  logIngestion: {
    tiers: flat(0.5),
    unit: "GB into CloudWatch Logs",
    source: cloudWatch,
    readAt: "factualminds.com on CloudWatch's pricing, 2026-06; first 10 TB of Lambda's logs",
  },
  logStorage: {
    tiers: flat(0.03),
    unit: "GB in CloudWatch Logs, month",
    source: cloudWatch,
    readAt: "hykell.com on CloudWatch Logs' pricing, 2026",
  },
  canaryRun: {
    tiers: flat(0.0012),
    unit: "run of a CloudWatch Synthetics canary",
    source: cloudWatch,
    readAt: "reports of 2020 to 2024, not confirmed for 2026",
  },
  lambdaRequest: {
    tiers: flat(0.2 / MILLION),
    unit: "invocation",
    source: lambda,
    readAt: "AWS's Price List as quoted by public repositories, 2026",
  },
  lambdaGbSecond: {
    tiers: flat(0.000_013_333_4),
    unit: "GB-second, arm64, first 7.5 billion",
    source: lambda,
    readAt: "AWS's Price List as quoted by public repositories, 2026-09",
  },
  schedulerInvocation: {
    tiers: flat(1 / MILLION),
    unit: "invocation of EventBridge Scheduler",
    source: "https://aws.amazon.com/eventbridge/pricing/",
    readAt: "cloudburn.io/blog/amazon-eventbridge-pricing, 2026-03",
  },
  secret: {
    tiers: flat(0.4),
    unit: "secret, month",
    source: secretsManager,
    readAt: "reports without a date, not confirmed for 2026",
  },
  secretRead: {
    tiers: flat(0.05 / 10_000),
    unit: "call of Secrets Manager",
    source: secretsManager,
    readAt: "reports without a date, not confirmed for 2026",
  },
  kmsKey: {
    tiers: flat(1),
    unit: "customer-managed key, month; each of its first two yearly rotations adds as much",
    source: kms,
    readAt: "aws.amazon.com/kms/pricing, undated copy; cloudburn.io/blog/aws-kms-pricing, 2026-03",
  },
  /** Also for the AWS-managed key of Secrets Manager, which itself is free. */
  kmsRequest: {
    tiers: flat(0.03 / 10_000),
    unit: "request to KMS",
    source: kms,
    readAt: "factualminds.com on KMS's pricing, 2026-06",
  },
  snsPublish: {
    tiers: flat(0.5 / MILLION),
    unit: "message to a standard topic",
    source: sns,
    readAt: "factualminds.com on SNS's pricing, 2026-06",
  },
  snsEmail: {
    tiers: flat(2 / 100_000),
    unit: "email",
    source: sns,
    readAt: "factualminds.com on SNS's pricing, 2026-06",
  },
  sqsRequest: {
    tiers: flat(0.4 / MILLION),
    unit: "request to a standard queue",
    source: "https://aws.amazon.com/sqs/pricing/",
    readAt: "cloudburn.io/blog/amazon-sqs-pricing, 2026-03",
  },
  internetGb: {
    tiers: flat(0.09),
    unit: "GB from AWS to the internet, first 10 TB",
    source: "https://aws.amazon.com/ec2/pricing/on-demand/",
    readAt: "leanopstech.com/blog/aws-data-transfer-pricing-2026, 2026-04",
  },
  /** The average of peak and off-peak hours: 35 of a week's 168 hours are peak, at twice the price. */
  deepSeekInputToken: {
    tiers: flat(blended(0.15, 0.3) / MILLION),
    unit: "input token of deepseek-flash, cache miss, mean of peak and off-peak hours",
    source: deepSeek,
    readAt: "DeepSeek's own page, 2026-11-15",
  },
  deepSeekOutputToken: {
    tiers: flat(blended(0.6, 1.2) / MILLION),
    unit: "output token of deepseek-flash, mean of peak and off-peak hours",
    source: deepSeek,
    readAt: "DeepSeek's own page, 2026-11-15",
  },
} as const satisfies Record<string, Price>;

export type PriceName = keyof typeof prices;

/** Peak: 01–04 and 06–10 UTC, Monday to Friday. China's holidays, which are off-peak, are ignored. */
function blended(offPeak: number, peak: number): number {
  const peakShare = (7 * 5) / (24 * 7);
  return offPeak * (1 - peakShare) + peak * peakShare;
}

/** Returns the cost of a number of units, tier by tier. */
export function costOf(name: PriceName, units: number): number {
  const { tiers }: Price = prices[name];
  let begin = 0;
  let usd = 0;
  for (const tier of tiers) {
    usd += Math.max(0, Math.min(units, tier.upTo) - begin) * tier.usd;
    begin = tier.upTo;
  }
  return usd;
}
