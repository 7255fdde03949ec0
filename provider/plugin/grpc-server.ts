import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { printed } from "../core/message-text.ts";
import { connectionMessage } from "../core/messages.ts";
import { printable } from "../deepseek/redact.ts";
import { type ConnectionPlugin, PluginError } from "./connection-plugin.ts";

/** Largest message in bytes that the plugin accepts. Source: Pulumi's SDK, `maxRPCMessageSize`. */
const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;

type Method = (request: never) => Promise<object>;

/** Every method that the plugin has, by its name in the protocol. */
function methodsOf(plugin: ConnectionPlugin): Readonly<Record<string, Method>> {
  return {
    handshake: (request) => plugin.handshake(request),
    attach: (request) => plugin.attach(request),
    getPluginInfo: () => plugin.getPluginInfo(),
    getSchema: () => plugin.getSchema(),
    checkConfig: (request) => plugin.checkConfig(request),
    diffConfig: (request) => plugin.diffConfig(request),
    configure: (request) => plugin.configure(request),
    check: (request) => plugin.check(request),
    diff: (request) => plugin.diff(request),
    create: (request) => plugin.create(request),
    update: (request) => plugin.update(request),
    read: (request) => plugin.read(request),
    delete: () => plugin.delete(),
    invoke: (request) => plugin.invoke(request),
    cancel: () => plugin.cancel(),
  };
}

/**
 * Serves a plugin on a free port of this machine.
 *
 * @returns the server and its port
 */
export async function serve(
  plugin: ConnectionPlugin,
): Promise<{ readonly server: grpc.Server; readonly port: number }> {
  const methods = methodsOf(plugin);
  const server = new grpc.Server({ "grpc.max_receive_message_length": MAX_MESSAGE_BYTES });
  const handlers = Object.keys(methods).map((name) => [name, answering(name, methods[name] as Method)]);
  // gRPC answers the methods that are left out: they are not implemented.
  server.addService(ResourceProviderService, Object.fromEntries(handlers));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return { server, port };
}

/** Answers whatever happens: an error without an answer ends nothing, and the engine would wait for ever. */
function answering(name: string, method: Method): grpc.handleUnaryCall<never, object> {
  return async ({ request }, answer) => {
    try {
      answer(null, await method(request));
    } catch (error) {
      answer({
        code: grpc.status.UNKNOWN,
        details: error instanceof PluginError ? error.message : describe(name, error),
      });
    }
  };
}

/** Describes a mistake in our own code. The error's own text is left out, since it may contain anything. */
function describe(method: string, thrown: unknown): string {
  const { name, message, stack = "" } = thrown instanceof Error ? thrown : new Error();
  const place = /^ +at (.*:\d+:\d+)\)?$/m.exec(stack.replace(message, ""))?.[1] ?? "somewhere";
  return printed(
    connectionMessage("plugin-failed", { method, error: printable(name, 50), place: printable(place, 200) }),
  );
}
