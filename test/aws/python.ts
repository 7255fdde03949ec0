import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Environment } from "../../examples/demo/engine/command.ts";
import { ensurePackage } from "../support/python.ts";

/** A Python with ministack; see `ensurePackage`. @returns the path of its interpreter */
export async function ensurePython(
  progress: (line: string) => void,
  environment: Environment = process.env,
): Promise<string> {
  const requirements = fileURLToPath(new URL("requirements.txt", import.meta.url));
  const ministack = { name: "ministack", description: "a local AWS", requirements, seconds: 15 };
  return join(await ensurePackage(ministack, progress, environment), "python");
}
