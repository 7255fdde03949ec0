import { z } from "zod";
import type { Workspace } from "./engine/workspace.ts";

const connectionType = "pulumi-nodejs:dynamic/deepseek:DeepSeekConnection";

const connectionSchema = z.object({
  status: z.string(),
  keyFingerprint: z.string(),
  /** Present after the test call was answered. */
  servedModel: z.string().optional(),
  apiKey: z.object({ ciphertext: z.string() }),
});

const stateSchema = z.object({
  checkpoint: z.object({
    latest: z.object({ resources: z.array(z.object({ type: z.string(), outputs: z.unknown() })).optional() }).nullish(),
  }),
});

/** The connection's properties in the state. */
export type ConnectionState = z.infer<typeof connectionSchema>;

/** Reads the state on disk. @returns `undefined` if there is no connection in it. */
export async function readConnection(workspace: Workspace): Promise<ConnectionState | undefined> {
  const { checkpoint } = stateSchema.parse(JSON.parse(await workspace.state()));
  const found = checkpoint.latest?.resources?.find(({ type }) => type === connectionType);
  return found && connectionSchema.parse(found.outputs);
}
