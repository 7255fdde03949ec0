import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import { freePort } from "../support/free-port.ts";
import { ensurePackage } from "../support/python.ts";
import { type Gateway, gatewayHome, startGateway } from "./gateway.ts";

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

const litellm = {
  name: "litellm",
  description: "a gateway",
  requirements: path("requirements.txt"),
  seconds: 40,
};

/** Which keys LiteLLM accepts: its master key and no other, or those that the service behind it accepts. */
export type Keys = { readonly master: string; readonly upstream: string } | "of the service";

/**
 * Starts LiteLLM's proxy without a database, with DeepSeek's two models.
 *
 * @param service the address of the service behind it
 * @throws if Python or LiteLLM is missing, or it does not come up; the message says why
 */
export async function startLiteLlm(
  service: string,
  keys: Keys,
  progress: (line: string) => void = console.log,
): Promise<Gateway> {
  const bin = await ensurePackage(litellm, progress);
  const home = gatewayHome();
  const config = join(home.folder, "config.yaml");
  const own = keys === "of the service";
  copyFileSync(path("litellm_keys.py"), join(home.folder, "litellm_keys.py"));
  const models = ["deepseek-flash", "deepseek-v4-pro"].map((model) => ({
    model_name: model,
    litellm_params: { model: `deepseek/${model}`, api_base: service, api_key: own ? "none" : keys.upstream },
  }));
  const elsewhere = { model_name: "elsewhere", litellm_params: { model: "deepseek/deepseek-flash", api_key: "none" } };
  const settings = {
    // The last one is for a test that LiteLLM is kept from other machines.
    model_list: own ? models : [...models, elsewhere],
    general_settings: own ? { custom_auth: "litellm_keys.authenticate" } : { master_key: keys.master },
    litellm_settings: { telemetry: false, num_retries: 0, ...(own && { callbacks: "litellm_keys.pass_key_on" }) },
    // A failing call must not close the way for the next one.
    router_settings: { num_retries: 0, disable_cooldowns: true },
  };
  writeFileSync(config, stringify(settings));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const flags = ["--config", config, "--host", "127.0.0.1", "--port", String(port), "--telemetry", "False"];
  return startGateway(home, {
    name: "LiteLLM",
    command: [join(bin, "python"), join(bin, "litellm"), ...flags],
    url,
    healthUrl: `${url}/health/liveliness`,
    failure: "Application startup failed",
    env: {
      // Otherwise it gets its list of prices from GitHub.
      LITELLM_LOCAL_MODEL_COST_MAP: "True",
      PYTHONPATH: path("loopback"),
      PYTHONDONTWRITEBYTECODE: "1",
      UPSTREAM_URL: service,
    },
  });
}
