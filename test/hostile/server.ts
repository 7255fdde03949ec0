import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

/** Writes a reply to a socket. Receives the key of the request. */
export type Reply = (socket: Socket, key: string) => void;

/** A reply by the path of the call: `/models`, `/user/balance`, `/chat/completions`. */
export type Replies = (path: string) => Reply;

/** A TCP server that answers the calls of each case with the bytes of the case. */
export interface HostileServer extends AsyncDisposable {
  readonly port: number;
  /** Serves replies under a new path, and returns its base URL. */
  serve(name: string, replies: Replies): string;
  /** The number of opened connections. */
  connections(): number;
  /** The bytes that the server has sent on all sockets. */
  bytesWritten(): number;
}

export async function startHostileServer(): Promise<HostileServer> {
  const cases = new Map<string, Replies>();
  const sockets = new Set<Socket>();
  let written = 0;
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    // The client is expected to hang up.
    socket.on("error", () => {});
    socket.on("close", () => {
      written += socket.bytesWritten;
      sockets.delete(socket);
    });
    socket.on("data", (bytes) => {
      const head = bytes.toString("latin1");
      const [, name = "", path = ""] = /^[A-Z]+ \/([^/]+)(\S*) HTTP/.exec(head) ?? [];
      const [, key = ""] = /^authorization: Bearer (\S+)/im.exec(head) ?? [];
      const found = cases.get(name);
      // The body of a request may arrive after its head.
      if (found === undefined) return;
      found(path)(socket, key);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    serve(name, replies) {
      cases.set(name, replies);
      return `http://127.0.0.1:${port}/${name}`;
    },
    connections: () => connections,
    bytesWritten: () => [...sockets].reduce((sum, socket) => sum + socket.bytesWritten, written),
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
