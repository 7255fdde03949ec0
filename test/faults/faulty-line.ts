import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { ClientRequest } from "node:http";
import type { Socket } from "node:net";
import type { Http, HttpResponse } from "../../provider/deepseek/http.ts";
import type { Fault } from "./faults.ts";
import type { ToxicProxy } from "./proxy.ts";
import type { Toxiproxy } from "./toxiproxy.ts";

/** How far an exchange has come when the fault strikes. */
export const phases = ["at connect", "in headers", "in mid-body"] as const;

export type Phase = (typeof phases)[number];

/** A line to a server on which a fault strikes once. */
export interface Line {
  readonly url: string;
  /** The transport that the code under test is given: it tells the line how far it has come. */
  readonly over: (http: Http) => Http;
  /** Throws if the fault could not be set. */
  settled(): Promise<void>;
}

interface Options {
  readonly toxiproxy: Toxiproxy;
  readonly fault: Fault;
  readonly phase: Phase;
  /** Whether the fault is over when the next attempt begins. */
  readonly passes: boolean;
  /** The server's ports. */
  readonly plain: number;
  readonly secured: number;
}

/**
 * Lays a line to a server. To strike at an exact moment, it holds the answer back until the fault is set: `at connect`
 * the fault is there from the start, in the way of the TLS handshake; `in headers` the whole answer is held until the
 * request was sent, `in mid-body` the second half until the headers have come.
 */
export async function layLine(options: Options): Promise<Line> {
  const { toxiproxy, fault, phase, passes } = options;
  const gate = phase === "at connect" ? undefined : await toxiproxy.proxy(options.plain);
  const proxy = await toxiproxy.proxy(gate?.port ?? options.secured);
  if (phase === "in headers") await gate?.add({ type: "latency", attributes: { latency: 10 ** 7 } });
  if (phase === "in mid-body") await gate?.add({ type: "slicer", attributes: { average_size: 600, delay: 10 ** 10 } });
  await fault.prepare?.(proxy);

  const strike = once(async () => {
    await fault.strike(proxy);
    await gate?.release();
  });
  const recover = once(async () => {
    await strike();
    await proxy.renew();
  });
  if (phase === "at connect") await strike();
  const stop = phase === "in headers" ? onRequestSent(proxy, strike) : () => {};

  return {
    url: `${phase === "at connect" ? "https://localhost" : "http://127.0.0.1"}:${proxy.port}`,
    over: (http) => async (request) => {
      // The balance is asked beside, once and without consequence.
      if (isBalance(request.url)) return http(request);
      const failed = passes ? recover : async () => {};
      try {
        const response = await http(request);
        if (phase === "in mid-body") await strike();
        return { ...response, body: watched(response.body, failed) };
      } catch (error) {
        await failed();
        throw error;
      }
    },
    async settled() {
      stop();
      await strike();
    },
  };
}

async function* watched(body: HttpResponse["body"], failed: () => Promise<void>): HttpResponse["body"] {
  try {
    yield* body;
  } catch (error) {
    await failed();
    throw error;
  }
}

/** undici and Node's own client tell of each request that they have written. */
function onRequestSent(proxy: ToxicProxy, act: () => Promise<void>): () => void {
  const sent = (port: number | undefined, path: string) => {
    // `settled` tells of a failure.
    if (port === proxy.port && !isBalance(path)) act().catch(() => {});
  };
  const ofUndici = (message: unknown) => {
    const { request, socket } = message as { readonly request: { readonly path: string }; readonly socket: Socket };
    sent(socket.remotePort, request.path);
  };
  const ofNode = (message: unknown) => {
    const { request } = message as { readonly request: ClientRequest };
    const { socket, path } = request;
    // Cases run side by side, and each is told of the others' requests: on their sockets it has nothing to wait for.
    if (!String(request.getHeader("host")).endsWith(`:${proxy.port}`)) return;
    // It is told of when all of it was handed to the socket, which may not be connected yet.
    if (socket?.connecting) socket.once("connect", () => sent(socket.remotePort, path));
    else sent(socket?.remotePort, path);
  };
  subscribe("undici:client:sendHeaders", ofUndici);
  subscribe("http.client.request.start", ofNode);
  return () => {
    unsubscribe("undici:client:sendHeaders", ofUndici);
    unsubscribe("http.client.request.start", ofNode);
  };
}

const isBalance = (url: string) => url.endsWith("/user/balance");

/** The same act, however often it is asked for. */
function once(act: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= act();
    return done;
  };
}
