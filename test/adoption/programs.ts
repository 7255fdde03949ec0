/* The same program in each language and module system: one connection, with its base URL and key from the configuration. */

const body = `
const baseUrl = new pulumi.Config().require("url");
const connection = new DeepSeekConnection("main", { baseUrl, allowedModels: ["deepseek-flash"] });
`;

// Proves that the program ran on the intended version of Node.
const node = "export const node = process.versions.node;\n";

const imports = `import * as pulumi from "@pulumi/pulumi";
import { DeepSeekConnection } from "pulumi-deepseek";
`;

// Uses all public types of the package, so that the compiler must find them.
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
    // Set explicitly, since Pulumi's compiler has its own default.
    moduleResolution: "nodenext",
    types: ["node"],
  },
});

/** The files of a project, and the parts of package.json that belong to them. */
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
  // Compiled and run by Pulumi.
  "TypeScript, CommonJS": {
    manifest: { main: "index.ts" },
    files: {
      "index.ts": `${imports}${body}${types}`,
      "tsconfig.json": tsconfig,
    },
  },
  // Run by Node, which strips the types.
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
