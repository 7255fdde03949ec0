import { once } from "node:events";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterAll } from "vitest";

const servers = new Set<Server>();
const sockets = new Set<Socket>();

// For the whole file: concurrent tests have no end of their own that a helper could wait for.
afterAll(() => {
  for (const server of servers) server.close();
  for (const socket of sockets) socket.destroy();
});

/** Listens on a free port of this machine until the file's tests are over. */
export async function listening(server: Server): Promise<number> {
  servers.add(server);
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    // A client that goes away is part of many tests.
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** A server that is told what to do with each connection, byte by byte. */
export const tcpServer = (connection: (socket: Socket) => void): Promise<number> => listening(createServer(connection));

/** A server that answers each request as it is told. */
export const httpServer = (listener: RequestListener): Promise<number> => listening(createHttpServer(listener));
