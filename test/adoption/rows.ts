import manifest from "../../package.json" with { type: "json" };
import type { ManagerName } from "./managers.ts";
import type { ProgramName } from "./programs.ts";

/** One combination of package manager, program, Node and SDK. */
export interface Row {
  readonly manager: ManagerName;
  readonly program: ProgramName;
  readonly node: "oldest" | "newest";
  readonly sdk: "oldest" | "newest";
}

/** The oldest supported `@pulumi/pulumi`: the one that `@pulumi/aws` 7, and so the monitor, requires. */
export const oldestSdk = manifest.peerDependencies["@pulumi/pulumi"].replace("^", "");

/** The older SDK has TypeScript below 6 as its peer: the oldest that the README promises. */
export const compilers = {
  oldest: { typescript: "5.0.4", "@types/node": "20.17.0" },
  newest: { typescript: manifest.devDependencies.typescript, "@types/node": manifest.devDependencies["@types/node"] },
} as const;

/** Each pair of values is in one of them: an orthogonal array. A test checks this. */
export const rows: readonly Row[] = [
  { manager: "npm", program: "JavaScript, CommonJS", node: "newest", sdk: "newest" },
  { manager: "npm", program: "TypeScript, ESM", node: "oldest", sdk: "oldest" },
  { manager: "pnpm", program: "JavaScript, CommonJS", node: "oldest", sdk: "oldest" },
  { manager: "pnpm", program: "TypeScript, ESM", node: "newest", sdk: "newest" },
  { manager: "yarn", program: "JavaScript, ESM", node: "newest", sdk: "oldest" },
  { manager: "yarn", program: "TypeScript, CommonJS", node: "oldest", sdk: "newest" },
  { manager: "yarn pnp", program: "JavaScript, ESM", node: "oldest", sdk: "newest" },
  { manager: "yarn pnp", program: "TypeScript, CommonJS", node: "newest", sdk: "oldest" },
];
