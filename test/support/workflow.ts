import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";

const variables = z.record(z.string(), z.string());

const step = z.object({
  id: z.string().optional(),
  name: z.string().optional(),
  if: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  env: variables.default({}),
  with: z.record(z.string(), z.unknown()).optional(),
});

const job = z.object({
  if: z.string().optional(),
  permissions: variables.optional(),
  env: variables.default({}),
  steps: z.array(step),
});

const workflow = z.object({
  on: z.union([z.string(), z.record(z.string(), z.unknown())]),
  permissions: z.unknown(),
  defaults: z.object({ run: z.object({ shell: z.string() }) }).optional(),
  jobs: z.record(z.string(), job),
});

/** A step of a job: an action or commands. */
export type Step = z.infer<typeof step>;

/** The parts of a workflow that the tests check. */
export type Workflow = z.infer<typeof workflow>;

/** @throws if the file is not a workflow */
export function readWorkflow(file: URL): Workflow {
  return workflow.parse(parse(readFileSync(file, "utf8")));
}

export function stepsOf({ jobs }: Workflow): Step[] {
  return Object.values(jobs).flatMap(({ steps }) => steps);
}
