import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** What is answered about a thing: its value, an error of AWS, any other bytes, nothing at all, or a reset connection. */
type Stored<Value> =
  | Value
  | { readonly status: number; readonly error: string }
  | { readonly status: number; readonly body: string }
  | "silence"
  | "reset";

/** An answer of the service itself. */
export type Answer<Value> = Exclude<Stored<Value>, string>;

/** A stand-in on loopback for a service of AWS that answers questions about things. */
export interface StandIn<Value> extends AsyncDisposable {
  readonly url: string;
  /** Sets the answers for a thing. Several answers are given one after another, and the last one is repeated. */
  put(id: string, ...answers: readonly [Stored<Value>, ...Stored<Value>[]]): void;
  /** The requested things, in order. */
  readonly asked: readonly string[];
}

/** What differs between services. */
interface Service<Value> {
  readonly contentType: string;
  /** Returns what a request asks for. */
  readonly idIn: (body: string) => string;
  /** The answer for what was not put. */
  readonly missing: Answer<Value>;
  readonly reply: (
    asked: { readonly id: string; readonly body: string; readonly request: IncomingMessage },
    answer: Answer<Value>,
  ) => { readonly status: number; readonly body: string };
}

export async function startStandIn<Value extends object>(service: Service<Value>): Promise<StandIn<Value>> {
  const known = new Map<string, Stored<Value>[]>();
  const asked: string[] = [];
  const server = createServer({ keepAliveTimeout: 60_000 }, async (request, response) => {
    const body = await text(request);
    const id = service.idIn(body);
    asked.push(id);
    const answers = known.get(id) ?? [service.missing];
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer === undefined || answer === "silence") return;
    if (answer === "reset") return void request.socket.resetAndDestroy();
    const reply = service.reply({ id, body, request }, answer as Answer<Value>);
    response.writeHead(reply.status, { "content-type": service.contentType }).end(reply.body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    put: (id, ...answers) => void known.set(id, [...answers]),
    asked,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}
