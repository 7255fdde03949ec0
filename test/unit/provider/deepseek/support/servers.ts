import { once } from "node:events";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterAll } from "vitest";

const servers = new Set<Server>();
const sockets = new Set<Socket>();

// Closed at the end of the file, since a helper cannot wait for the end of a concurrent test.
afterAll(() => {
  for (const server of servers) server.close();
  for (const socket of sockets) socket.destroy();
});

/** Listens on a free port of this machine until the file's tests have ended. */
export async function listening(server: Server): Promise<number> {
  servers.add(server);
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    // In many tests the client disconnects.
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** A server with a handler for each connection, byte by byte. */
export const tcpServer = (connection: (socket: Socket) => void): Promise<number> => listening(createServer(connection));

/** A server with a handler for each request. */
export const httpServer = (listener: RequestListener): Promise<number> => listening(createHttpServer(listener));
