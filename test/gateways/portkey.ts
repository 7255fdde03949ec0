import { fileURLToPath } from "node:url";
import { freePort } from "../support/free-port.ts";
import { type Gateway, gatewayHome, startGateway } from "./gateway.ts";

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Starts Portkey's gateway, which a request's headers tell where to go; see `portkeyHeaders`. */
export async function startPortkey(): Promise<Gateway> {
  const home = gatewayHome();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const program = path("../../node_modules/@portkey-ai/gateway/build/start-server.js");
  const command = [process.execPath, "--import", path("loopback.mjs"), program, `--port=${port}`, "--headless"];
  return startGateway(home, {
    name: "Portkey's gateway",
    command,
    url: `${url}/v1`,
    healthUrl: url,
    failure: "EADDRINUSE",
    env: { NODE_ENV: "production" },
  });
}

/** Providers of Portkey's through which DeepSeek can be reached. */
export type PortkeyProvider = "deepseek" | "openai";

/** The headers that send a request to a service of this machine, as one of a provider. */
export function portkeyHeaders(provider: PortkeyProvider, service: string): Readonly<Record<string, string>> {
  return { "x-portkey-provider": provider, "x-portkey-custom-host": service };
}
