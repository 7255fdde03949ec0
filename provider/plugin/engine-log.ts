import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

const severities = { debug: LogSeverity.DEBUG, info: LogSeverity.INFO, warning: LogSeverity.WARNING };

/** The engine's log. Messages before it is connected are dropped: then nobody waits for them. */
export class EngineLog {
  #engine: EngineClient | undefined;

  /** @param address where the engine listens, such as `127.0.0.1:4321` */
  connect(address: string): void {
    // Its own connection: one to an earlier engine at the same port may still be waiting to be tried again.
    this.#engine = new EngineClient(address, credentials.createInsecure(), { "grpc.use_local_subchannel_pool": 1 });
  }

  /**
   * Resolves once the engine has the message, or cannot be reached: a lost message must not end a deployment.
   *
   * @param urn the resource that the message is about
   * @param isEphemeral whether the message is shown only until the next one
   */
  send(level: keyof typeof severities, text: string, urn = "", isEphemeral = false): Promise<void> {
    const engine = this.#engine;
    if (engine === undefined) return Promise.resolve();
    const request = new LogRequest()
      .setSeverity(severities[level])
      .setMessage(text)
      .setUrn(urn)
      .setEphemeral(isEphemeral);
    return new Promise((resolve) => {
      engine.log(request, () => resolve());
    });
  }
}
