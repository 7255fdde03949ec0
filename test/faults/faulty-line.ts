import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { ClientRequest } from "node:http";
import type { Socket } from "node:net";
import type { Http, HttpResponse } from "../../provider/deepseek/http.ts";
import type { Fault } from "./faults.ts";
import type { ToxicProxy } from "./proxy.ts";
import type { Toxiproxy } from "./toxiproxy.ts";

/** The phase of an exchange in which the fault starts. */
export const phases = ["at connect", "in headers", "in mid-body"] as const;

export type Phase = (typeof phases)[number];

/** A connection to a server with one fault. */
export interface Line {
  readonly url: string;
  /** The transport for the code under test. It reports the phase of the exchange. */
  readonly over: (http: Http) => Http;
  /** Throws if the fault could not be set. */
  settled(): Promise<void>;
}

interface Options {
  readonly toxiproxy: Toxiproxy;
  readonly fault: Fault;
  readonly phase: Phase;
  /** Whether the fault ends before the next attempt. */
  readonly passes: boolean;
  /** The server's ports. */
  readonly plain: number;
  readonly secured: number;
}

/**
 * Creates a line to a server. For an exact moment, it delays the answer until the fault is active: with `at connect` the
 * fault is active from the start, during the TLS handshake; with `in headers` the whole answer is delayed until the request
 * was sent; with `in mid-body` the second half is delayed until the headers have arrived.
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
      // The balance is requested in parallel, once, and does not matter here.
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

/** undici and Node's client publish each request that they have written. */
function onRequestSent(proxy: ToxicProxy, act: () => Promise<void>): () => void {
  const sent = (port: number | undefined, path: string) => {
    // `settled` reports a failure.
    if (port === proxy.port && !isBalance(path)) act().catch(() => {});
  };
  const ofUndici = (message: unknown) => {
    const { request, socket } = message as { readonly request: { readonly path: string }; readonly socket: Socket };
    sent(socket.remotePort, request.path);
  };
  const ofNode = (message: unknown) => {
    const { request } = message as { readonly request: ClientRequest };
    const { socket, path } = request;
    // Cases run in parallel and receive each other's events, so requests on other sockets are ignored.
    if (!String(request.getHeader("host")).endsWith(`:${proxy.port}`)) return;
    // The event is sent when the request was passed to the socket, which may not be connected yet.
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

/** Runs an action only once, however often it is called. */
function once(act: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= act();
    return done;
  };
}
