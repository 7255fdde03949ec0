import { type Fault, faults } from "./faults.ts";
import { layLine, type Phase, phases } from "./faulty-line.ts";
import type { Servers } from "./servers.ts";
import { type Subject, subjects } from "./subjects.ts";
import type { Toxiproxy } from "./toxiproxy.ts";

export interface Case {
  readonly name: string;
  readonly expected: string;
  /** The time limit of the case, in milliseconds. */
  readonly limitMs: number;
  /** Returns the outcome. */
  run(servers: Servers, toxiproxy: Toxiproxy): Promise<string>;
}

/** Each fault at each phase. A fault that lasts is also tested so that it ends before the next attempt. */
function struck(subject: Subject): readonly Case[] {
  return faults.flatMap((fault) =>
    phases.flatMap((phase) =>
      (fault.seenAs === undefined ? [false] : [false, true]).map((passes) => {
        const hopeless = fault.silent === true && !passes;
        return {
          name: [subject.name, fault.name, passes ? `${phase}, once` : phase].join(" / "),
          expected: fault.seenAs === undefined || passes ? subject.well : subject.failed(attempts(fault, phase)),
          limitMs: subject.limitMs(hopeless),
          async run(servers: Servers, toxiproxy: Toxiproxy) {
            const ports = { plain: servers.plain[subject.asks], secured: servers.secured[subject.asks] };
            const line = await layLine({ toxiproxy, fault, phase, passes, ...ports });
            const got = await subject.run({ servers, line, hopeless });
            await line.settled();
            return got;
          },
        };
      }),
    ),
  );
}

/** The faults that the core reports for the two attempts. In mid-body it has already read the status. */
function attempts({ seenAs = "", afterwards = seenAs }: Fault, phase: Phase): string {
  if (phase === "at connect") return `${afterwards}, ${afterwards}`;
  return `${phase === "in mid-body" ? "200 " : ""}${seenAs}, ${afterwards}`;
}

/** Servers to which nothing is sent, since the name is not found or the certificate is not trusted. */
const unreachable = [
  { name: "unknown host", seenAs: "dns, dns", portsOf: undefined },
  { name: "another name's certificate", seenAs: "tls", portsOf: ({ wrongName }: Servers) => wrongName },
  { name: "expired certificate", seenAs: "tls", portsOf: ({ expired }: Servers) => expired },
] as const;

function neverReached(subject: Subject): readonly Case[] {
  return unreachable.map(({ name, seenAs, portsOf }) => ({
    name: [subject.name, name, "at connect"].join(" / "),
    expected: subject.failed(seenAs),
    limitMs: subject.limitMs(false),
    async run(servers, toxiproxy) {
      const proxy = portsOf && (await toxiproxy.proxy(portsOf(servers)[subject.asks]));
      const url = proxy === undefined ? "https://deepseek.invalid" : `https://localhost:${proxy.port}`;
      return subject.run({ servers, line: { url, over: (http) => http }, hopeless: false });
    },
  }));
}

export const cases: readonly Case[] = subjects.flatMap((subject) => [...struck(subject), ...neverReached(subject)]);
