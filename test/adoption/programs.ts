/* The same program as each kind of user writes it: one connection, whose address and key come from the configuration. */

const body = `
const baseUrl = new pulumi.Config().require("url");
const connection = new DeepSeekConnection("main", { baseUrl, allowedModels: ["deepseek-flash"] });
`;

// Shows that the program ran on the Node that was meant.
const node = "export const node = process.versions.node;\n";

const imports = `import * as pulumi from "@pulumi/pulumi";
import { DeepSeekConnection } from "pulumi-deepseek";
`;

// All of the package that a user can name, so that the compiler has to find it.
const types = `import type { DeepSeekConnectionArgs, Model, OpenAIOptions, Status } from "pulumi-deepseek";
export const args: DeepSeekConnectionArgs = { verify: "strict" };
export const status: pulumi.Output<Status> = connection.status;
export const models: pulumi.Output<readonly Model[]> = connection.models;
export const openai: pulumi.Output<OpenAIOptions> = connection.openai;
${node}`;

const tsconfig = JSON.stringify({
  compilerOptions: {
    strict: true,
    noEmit: true,
    target: "es2022",
    module: "nodenext",
    // Said too, since Pulumi's compiler has a default of its own.
    moduleResolution: "nodenext",
    types: ["node"],
  },
});

/** Files of a project, and what its package.json says of them. */
interface Program {
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly files: Readonly<Record<string, string>>;
}

export const programs = {
  "JavaScript, CommonJS": {
    manifest: { main: "index.js" },
    files: {
      "index.js": `const pulumi = require("@pulumi/pulumi");
const { DeepSeekConnection } = require("pulumi-deepseek");
${body}exports.status = connection.status;
exports.openai = connection.openai;
exports.node = process.versions.node;
`,
    },
  },
  "JavaScript, ESM": {
    manifest: { main: "index.js", type: "module" },
    files: { "index.js": `${imports}${body}export const { status, openai } = connection;\n${node}` },
  },
  // Pulumi's own compiler runs it.
  "TypeScript, CommonJS": {
    manifest: { main: "index.ts" },
    files: {
      "index.ts": `${imports}${body}${types}`,
      "tsconfig.json": tsconfig,
    },
  },
  // Node runs it, without its types.
  "TypeScript, ESM": {
    manifest: { main: "index.ts", type: "module" },
    files: {
      "index.ts": `${imports}${body}${types}`,
      "tsconfig.json": tsconfig,
      "Pulumi.yaml": "name: test\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n",
    },
  },
} as const satisfies Record<string, Program>;

export type ProgramName = keyof typeof programs;
