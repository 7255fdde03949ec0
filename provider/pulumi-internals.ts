import * as pulumi from "@pulumi/pulumi";

/**
 * Connects `pulumi.log` in the process that runs dynamic providers. Pulumi leaves it unconnected there, so that warnings
 * would come out as plain lines and debug lines not at all. The engine's address is the first argument of every plugin
 * (Pulumi's plugin protocol), and `resetOptions` is how Pulumi's own runtime takes it.
 */
export function connectLog(): void {
  const [, script = "", engineAddress = ""] = process.argv;
  const isHost = /[\\/]cmd[\\/]dynamic-provider[\\/]/.test(script) && /^[\w.[\]:]+:\d+$/.test(engineAddress);
  if (isHost && pulumi.runtime.getEngine() === undefined) {
    pulumi.runtime.resetOptions("", "", -1, engineAddress, "", false, "");
  }
}
