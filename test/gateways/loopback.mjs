// Loaded before a gateway of Node's: it listens on this machine only, and connects to this machine only. What it refuses goes
// to a file, for a test.
import { appendFileSync } from "node:fs";
import { Server, Socket } from "node:net";

const isLocal = (host = "localhost") => /^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host);

const { listen } = Server.prototype;
Server.prototype.listen = function (port, ...rest) {
  return listen.call(this, { port, host: "127.0.0.1" }, ...rest.filter((value) => typeof value === "function"));
};

const { connect } = Socket.prototype;
Socket.prototype.connect = function (...given) {
  // Node's own modules pass their arguments as an array.
  const [options, host] = Array.isArray(given[0]) ? given[0] : given;
  const wanted = typeof options === "object" ? options.host : host;
  if (isLocal(typeof wanted === "string" ? wanted : undefined)) return connect.apply(this, given);
  appendFileSync(process.env.REFUSED_FILE, `${wanted}\n`);
  process.nextTick(() => this.destroy(new Error(`A gateway of the tests may not connect to ${wanted}.`)));
  return this;
};
