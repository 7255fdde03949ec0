import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import { type LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb.js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb.js";
import { ConnectionPlugin } from "../../provider/plugin/connection-plugin.ts";
import { serve } from "../../provider/plugin/grpc-server.ts";
import schema from "../../provider/plugin/schema.json" with { type: "json" };

/** A message that the plugin sent to the engine. */
export interface Logged {
  readonly level: "debug" | "info" | "warning";
  readonly text: string;
  readonly urn: string;
}

const levels = new Map<LogSeverity, Logged["level"]>([
  [LogSeverity.DEBUG, "debug"],
  [LogSeverity.WARNING, "warning"],
]);

type Answer<Response> = (error: grpc.ServiceError | null, response: Response) => void;

/** Calls a method of the plugin. Rejects with the text that the engine would print. */
export function call<Response>(send: (answer: Answer<Response>) => unknown): Promise<Response> {
  return new Promise((resolve, reject) => {
    send((error, response) => (error === null ? resolve(response) : reject(new Error(error.details))));
  });
}

/** The plugin in this process, behind gRPC as in its own, and the log of an engine. */
export class RunningPlugin implements AsyncDisposable {
  readonly client: ResourceProviderClient;
  readonly logged: Logged[] = [];
  readonly #servers: readonly grpc.Server[];

  private constructor(port: number, servers: readonly grpc.Server[]) {
    // Its own connection: ports are used again.
    const options = { "grpc.use_local_subchannel_pool": 1 };
    this.client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), options);
    this.#servers = servers;
  }

  static async start(): Promise<RunningPlugin> {
    const plugin = new ConnectionPlugin(schema);
    const { server, port } = await serve(plugin);
    const engine = new grpc.Server();
    const running = new RunningPlugin(port, [server, engine]);
    engine.addService(EngineService, {
      log: ({ request }: { readonly request: LogRequest }, answer: grpc.sendUnaryData<Empty>) => {
        const level = levels.get(request.getSeverity()) ?? "info";
        running.logged.push({ level, text: request.getMessage(), urn: request.getUrn() });
        answer(null, new Empty());
      },
    });
    plugin.connect(`127.0.0.1:${await listen(engine)}`);
    return running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.close();
    for (const server of this.#servers) server.forceShutdown();
  }
}

function listen(server: grpc.Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port);
      else reject(error);
    });
  });
}
