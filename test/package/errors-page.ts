import { usageMessages } from "../../cli/usage.ts";
import { messages } from "../../monitor/argument-messages.ts";
import { invocationProblems } from "../../monitor/lambda/invocation.ts";
import { secretProblems } from "../../monitor/lambda/secrets.ts";
import type { MessageText } from "../../provider/core/message-text.ts";
import { connectionMessages } from "../../provider/core/messages.ts";
import { argumentProblems } from "../../provider/core/problems.ts";
import { apiKeyProblems } from "../../provider/deepseek/api-key.ts";
import { baseUrlProblems, type Call, DEFAULT_BASE_URL } from "../../provider/deepseek/endpoint.ts";
import type { Fault } from "../../provider/deepseek/http.ts";
import {
  judge,
  noModel,
  type Outcome,
  type UnhealthyVerdict,
  type Unusable,
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

/** Every message with a code, section by section, from the tables that the code itself takes them from. */
export function errorSections(): readonly Section[] {
  return [
    {
      title: "What a probe found",
      about:
        "The verdict, and what it means at each step of a deployment, is in the [README](../README.md#what-happens-when). " +
        "`‹host›` and the service's own words differ.",
      entries: verdictEntries(),
    },
    {
      title: "The inputs of a connection",
      about:
        "Everything that is wrong is listed at once, each with its place and with what was given (`(got …)`), but for the " +
        "key. What each input takes is in the [reference](REFERENCE.md).",
      entries: [
        ...Object.entries(argumentProblems).map(([code, text]) => ({ code, text, remedy: "" })),
        ...Object.entries(apiKeyProblems).map(([code, text]) => ({ code, text: `apiKey: ${text}`, remedy: "" })),
      ],
    },
    {
      title: "A base URL that is refused",
      about: `The address itself is not repeated, since it may contain a password. Give an https address such as ${DEFAULT_BASE_URL}.`,
      entries: Object.entries(baseUrlProblems).map(([code, text]) => ({ code, text, remedy: "" })),
    },
    {
      title: "Around a deployment",
      about: "Warnings and errors besides the verdict.",
      entries: entriesOf(connectionMessages),
    },
    {
      title: "The arguments of a monitor",
      about:
        "Each begins with its place, such as `connections.prod.baseUrl`. Those of a connection's inputs are above.",
      entries: entriesOf(messages).filter(({ code }) => !(code in argumentProblems)),
    },
    {
      title: "A monitor's deployment and its function",
      about:
        "`pulumi up` invokes the function once before the schedules do. What it throws there fails the deployment; later it " +
        "is the reason of [monitor silent](../monitor/RUNBOOK.md#monitor-silent), and is in the log.",
      entries: [...entriesOf(invocationProblems), ...entriesOf(secretProblems)],
    },
    {
      title: "The command line",
      about:
        "These end with exit code 2, and no call was made. What a probe found has the exit codes 3 to 6; a wrong value of an " +
        "option is reported in the words of the inputs.",
      entries: entriesOf(usageMessages),
    },
  ];
}

/** The page as the tables have it now. */
export function makeErrorsPage(): string {
  const sections = errorSections().map(({ title, about, entries }) => {
    // Most messages say themselves what to do.
    const columns = entries.some(({ remedy }) => remedy !== "") ? ["what it says", "what to do"] : ["what it says"];
    const rows = entries.map(({ code, text, remedy }) =>
      row([`\`${code}\``, text, ...(columns.length > 1 ? [remedy] : [])]),
    );
    return `## ${title}\n\n${about}\n\n${[row(["code", ...columns]), `|${"---|".repeat(columns.length + 1)}`, ...rows].join("\n")}\n`;
  });
  return `${head}${sections.join("\n")}`;
}

const head = `# Errors and warnings

<!-- Written by \`npm run docs\` from the tables of messages: change those. -->

Each message ends with its code in brackets, such as \`[key-rejected]\`. The codes are stable; \`--json\` and the monitor's log have
them as \`code\`. \`‹…›\` stands for what differs. No message contains a key; a key is named by its fingerprint, which the output
\`keyFingerprint\` shows too.

A warning begins with the connection: \`DeepSeekConnection '‹name›': …\`. A failure begins with Pulumi's own
\`resource '‹name›' has a problem\`, and ends with how to override it: \`pulumi config set deepseek:verify none\`, and afterwards
\`pulumi config rm deepseek:verify\`.

What an *alarm* says is in the [runbook](../monitor/RUNBOOK.md).

`;

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll(/\s+/g, " ")).join(" | ")} |`;
}

function entriesOf(table: Readonly<Record<string, MessageText>>): readonly Entry[] {
  return Object.entries(table).map(([code, { text, remedy = "" }]) => ({ code, text, remedy }));
}

/** What can come of a call, so that every verdict is there. The compiler knows all kinds of unusable replies and faults. */
const unusable: Readonly<Record<Unusable, null>> = {
  blank: null,
  notJson: null,
  unexpected: null,
  oversized: null,
  encoded: null,
  noCapacity: null,
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
  ["models", 418],
];

function verdictEntries(): readonly Entry[] {
  const outcomes: readonly (readonly [Call, Outcome])[] = [
    ...refusals.map(([call, status, rejections = 0]) => {
      return [call, { type: "refusal", status, message: "‹the service's words›", rejections }] as const;
    }),
    ...(Object.keys(unusable) as Unusable[]).map((reason) => ["models", { type: "unusable", reason }] as const),
    ...(Object.keys(faults) as Fault[]).map((fault) => ["models", { type: "fault", fault }] as const),
  ];
  const listed = { model: "‹model›", listed: ["‹models›"] };
  const judged = (baseUrl: string) => [
    ...outcomes.map(([call, outcome]) => judge(outcome, { call, baseUrl, ...listed })),
    noModel({ call: "models", baseUrl }),
  ];
  const elsewhere = judged("https://gateway.example").map(unhealthy);
  return judged(DEFAULT_BASE_URL).map((verdict, index) => {
    const { code, kind, cause, nextStep } = unhealthy(verdict);
    const other = elsewhere[index]?.nextStep;
    const remedy = other === nextStep ? nextStep : `${nextStep} At another base URL: ${other}`;
    return { code, text: `\`${kind}\`: ${cause.replaceAll("api.deepseek.com", "‹host›")}`, remedy };
  });
}

function unhealthy(verdict: Verdict): UnhealthyVerdict {
  if (verdict.kind === "valid") throw new Error("Each of these outcomes has a message.");
  return verdict;
}
