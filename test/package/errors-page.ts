import { usageMessages } from "../../cli/usage.ts";
import { messages } from "../../monitor/argument-messages.ts";
import { invocationProblems } from "../../monitor/lambda/invocation.ts";
import { secretProblems } from "../../monitor/lambda/secret-problems.ts";
import { topicProblems } from "../../monitor/lambda/topic-problems.ts";
import type { MessageText } from "../../provider/core/message-text.ts";
import { connectionMessages } from "../../provider/core/messages.ts";
import { argumentProblems } from "../../provider/core/problems.ts";
import { apiKeyProblems } from "../../provider/deepseek/api-key.ts";
import { baseUrlProblems, type Call, DEFAULT_BASE_URL } from "../../provider/deepseek/endpoint.ts";
import { headerProblems } from "../../provider/deepseek/headers.ts";
import type { Fault } from "../../provider/deepseek/http.ts";
import type { Outcome, Unusable } from "../../provider/deepseek/outcome.ts";
import type { Meaning } from "../../provider/deepseek/refusal-codes.ts";
import {
  judge,
  noModel,
  type UnhealthyVerdict,
  type Unproven,
  unproven,
  type Verdict,
} from "../../provider/deepseek/verdict.ts";

/** One line of the page. */
interface Entry {
  readonly code: string;
  readonly text: string;
  readonly remedy: string;
}

interface Section {
  readonly title: string;
  readonly about: string;
  readonly entries: readonly Entry[];
}

/** Every message with a code, by section, from the same tables that the code uses. */
export function errorSections(): readonly Section[] {
  return [
    {
      title: "What a probe found",
      about:
        "A *probe* is one check of a connection. The [README](../README.md#what-happens-when) lists what each verdict means at each step of a deployment.",
      entries: verdictEntries(),
    },
    {
      title: "The inputs of a connection",
      about:
        "All problems are reported at once. Each message starts with the name of the input and shows the given value (`(got …)`). " +
        "Keys and values of headers are never shown. The [reference](REFERENCE.md) lists what each input accepts.",
      entries: [
        ...Object.entries(argumentProblems).map(([code, text]) => ({ code, text, remedy: "" })),
        ...Object.entries(apiKeyProblems).map(([code, text]) => ({ code, text: `apiKey: ${text}`, remedy: "" })),
        ...Object.entries(headerProblems).map(([code, text]) => ({ code, text: `headers: ${text}`, remedy: "" })),
      ],
    },
    {
      title: "Invalid base URLs",
      about: `The messages hide the user name, password and query of an address, since they may be secret. Use an https address such as ${DEFAULT_BASE_URL}.`,
      entries: Object.entries(baseUrlProblems).map(([code, text]) => ({ code, text, remedy: "" })),
    },
    {
      title: "Other messages of a deployment",
      about:
        "Warnings and errors that are not about a verdict or an invalid input. For Pulumi's own error " +
        "`Cannot find module 'pulumi-deepseek/provider/lifecycle'`, see [the guide](GUIDE.md#with-the-automation-api).",
      entries: entriesOf(connectionMessages),
    },
    {
      title: "The arguments of a monitor",
      about:
        "Each message starts with the place, such as `connections.prod.baseUrl`. For the messages about a connection's " +
        "inputs, see above.",
      entries: entriesOf(messages).filter(({ code }) => !(code in argumentProblems)),
    },
    {
      title: "A monitor's deployment and its function",
      about:
        "`pulumi up` invokes the function once before its schedules start. An error at that point fails the deployment. A " +
        "later error is written to the log and causes the alarm [monitor silent](../monitor/RUNBOOK.md#monitor-silent).",
      entries: [...entriesOf(invocationProblems), ...entriesOf(secretProblems)],
    },
    {
      title: "The topics of a monitor",
      about:
        "Warnings. The function writes them to its log at most once a day, or twice an hour while a subscription is lost, and each " +
        "`pulumi up` shows them ([who is alerted](../monitor/GUIDE.md#who-is-alerted)).",
      entries: entriesOf(topicProblems),
    },
    {
      title: "The command line",
      about:
        "With these messages, the exit code is 2 and no calls were made. Verdicts other than `valid` have the exit codes 3 " +
        "to 7. An option with an invalid value causes the same message as the input that it sets.",
      entries: entriesOf(usageMessages),
    },
  ];
}

/** The text of ERRORS.md, generated from the tables. */
export function makeErrorsPage(): string {
  const sections = errorSections().map(({ title, about, entries }) => {
    // Most messages already say what to do.
    const columns = entries.some(({ remedy }) => remedy !== "") ? ["what it says", "what to do"] : ["what it says"];
    const rows = entries.map(({ code, text, remedy }) =>
      row([`\`${code}\``, text, ...(columns.length > 1 ? [remedy] : [])]),
    );
    return `## ${title}\n\n${about}\n\n${[row(["code", ...columns]), `|${"---|".repeat(columns.length + 1)}`, ...rows].join("\n")}\n`;
  });
  return `${head}${sections.join("\n")}`;
}

const head = `# Errors and warnings

<!-- Generated by \`npm run docs\` from the tables of messages. Edit those instead. -->

Each message ends with its code in brackets, such as \`[key-rejected]\`. The codes are stable. With \`--json\`, and in the monitor's
log, the code is in the field \`code\`. \`‹…›\` marks a part that varies. No message contains a key or the value of a
header. Messages identify a key by its fingerprint, which the output \`keyFingerprint\` shows too.

A warning starts with the connection: \`DeepSeekConnection '‹name›': …\`. A failure starts with Pulumi's own
\`resource '‹name›' has a problem\`. To deploy without the check, run \`pulumi config set deepseek:verify none\`. To turn the check
on again, run \`pulumi config rm deepseek:verify\`.

*Alarms* are explained in the [runbook](../monitor/RUNBOOK.md).

`;

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll(/\s+/g, " ")).join(" | ")} |`;
}

function entriesOf(table: Readonly<Record<string, MessageText>>): readonly Entry[] {
  return Object.entries(table).map(([code, { text, remedy = "" }]) => ({ code, text, remedy }));
}

/**
 * All outcomes of a call, so that every verdict is listed. The compiler checks that no reply, fault, meaning of a code or
 * missing proof is absent.
 */
const unusable: Readonly<Record<Unusable, null>> = {
  blank: null,
  notJson: null,
  unexpected: null,
  oversized: null,
  encoded: null,
  noCapacity: null,
  brokenChoice: null,
};
const faults: Readonly<Record<Fault, null>> = {
  timeout: null,
  dns: null,
  refused: null,
  unreachable: null,
  reset: null,
  tls: null,
  proxy: null,
  protocol: null,
  other: null,
};
const meanings: Readonly<Record<Meaning, Call>> = {
  funds: "chat",
  budget: "chat",
  model: "chat",
  modelUnserved: "chat",
  modelDenied: "chat",
  routeDenied: "models",
  keyRefused: "models",
  upstreamKey: "chat",
  keyUncheckable: "models",
};
const missing: Readonly<Record<Unproven, null>> = { list: null, key: null, model: null };
const refusals: readonly (readonly [call: Call, status: number, rejections?: number])[] = [
  ["models", 401, 2],
  ["models", 401, 1],
  ["chat", 402],
  ["chat", 400],
  ["models", 404],
  ["models", 307],
  ["models", 403],
  ["models", 429],
  ["models", 503],
  ["models", 200],
  ["models", 418],
];

function verdictEntries(): readonly Entry[] {
  const refused = { type: "refusal", words: "‹the service's words›", isFromApi: true } as const;
  const outcomes: readonly (readonly [Call, Outcome])[] = [
    ...refusals.map(([call, status, rejections = 0]) => {
      return [call, { ...refused, status, rejections }] as const;
    }),
    ...(Object.entries(meanings) as [Meaning, Call][]).map(([meaning, call]) => {
      return [call, { ...refused, status: 403, reading: { meaning, isByWords: false } }] as const;
    }),
    ...(Object.keys(unusable) as Unusable[]).map((reason) => ["models", { type: "unusable", reason }] as const),
    ...(Object.keys(faults) as Fault[]).map((fault) => ["models", { type: "fault", fault }] as const),
  ];
  const listed = { model: "‹model›", listed: ["‹models›"] };
  const judged = (baseUrl: string) => [
    ...outcomes.map(([call, outcome]) => judge(outcome, { call, baseUrl, ...listed })),
    noModel({ call: "models", baseUrl }),
    ...(Object.keys(missing) as Unproven[]).map((what) => unproven(what, { call: "models", baseUrl, ...listed })),
  ];
  const elsewhere = judged("https://gateway.example").map(unhealthy);
  const entries = judged(DEFAULT_BASE_URL).map((verdict, index) => {
    const { code, kind, cause, nextStep } = unhealthy(verdict);
    const other = elsewhere[index]?.nextStep;
    const remedy = other === nextStep ? nextStep : `${nextStep} At another base URL: ${other}`;
    return { code, text: `\`${kind}\`: ${cause.replaceAll("api.deepseek.com", "‹host›")}`, remedy };
  });
  // A status and a code can have the same meaning.
  return entries.filter(({ code }, index) => entries.findIndex((entry) => entry.code === code) === index);
}

function unhealthy(verdict: Verdict): UnhealthyVerdict {
  if (verdict.kind === "valid") throw new Error("Each of these outcomes has a message.");
  return verdict;
}
