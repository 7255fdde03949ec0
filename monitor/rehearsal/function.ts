import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

type Lambda = typeof import("../lambda/index.ts");

/**
 * The function's code. In the package it is the bundle that is deployed, which has all it needs within itself; in this
 * repository's sources, before a build, it is the modules that the bundle is made of.
 */
export function loadFunction(): Promise<Pick<Lambda, "createHandler" | "SecretUnreadableError">> {
  const bundle = join(__dirname, "../lambda/bundle/index.js");
  return existsSync(bundle) ? import(pathToFileURL(bundle).href) : import("../lambda/index.ts");
}
