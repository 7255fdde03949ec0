import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A package manager that users have. */
export interface Manager {
  /** The files that a project needs for it, such as its settings. */
  files(registry: string): Readonly<Record<string, string>>;
  readonly install: readonly string[];
  /** Runs the command of an installed package. */
  readonly exec: readonly string[];
  /** The words before `pulumi` on the command line. */
  readonly through: readonly string[];
  /** Lists the unmet peer dependencies. */
  readonly peers: readonly string[];
  /** Matches the lines of that list that concern this package. */
  readonly unmet: RegExp;
}

/** Caches downloads across projects and runs. npm uses its own cache. */
const cache = fileURLToPath(new URL("../../node_modules/.cache/adoption", import.meta.url));

const yarnScript = fileURLToPath(new URL("../../node_modules/@yarnpkg/cli-dist/bin/yarn.js", import.meta.url));

function yarn(nodeLinker: "node-modules" | "pnp", through: "exec" | undefined): Manager {
  return {
    // JSON is YAML.
    files: (npmRegistryServer) => ({
      // An empty lockfile marks the root of the project.
      "yarn.lock": "",
      ".yarnrc.yml": JSON.stringify({
        nodeLinker,
        npmRegistryServer,
        globalFolder: join(cache, "yarn"),
        enableTelemetry: false,
        // On by default in CI, where it requires an existing lockfile.
        enableImmutableInstalls: false,
        // The newest version of the SDK is needed even on the day of its release.
        npmMinimalAgeGate: 0,
      }),
    }),
    install: ["node", yarnScript, "install"],
    exec: ["node", yarnScript, "run"],
    through: through === undefined ? [] : ["node", yarnScript, through],
    peers: ["node", yarnScript, "explain", "peer-requirements"],
    unmet: /✘.*pulumi-deepseek/,
  };
}

export const managers = {
  npm: {
    files: () => ({}),
    install: ["npm", "install", "--no-audit", "--no-fund", "--prefer-offline"],
    exec: ["npm", "exec", "--no", "--"],
    through: [],
    peers: ["npm", "ls", "--all"],
    unmet: /invalid: .*pulumi-deepseek/,
  },
  pnpm: {
    files: () => ({
      "pnpm-workspace.yaml": JSON.stringify({
        storeDir: join(cache, "pnpm"),
        // pnpm fails if a dependency's install script is neither allowed nor denied; this one comes with Pulumi's SDK.
        allowBuilds: { protobufjs: false },
        minimumReleaseAge: 0,
      }),
    }),
    // In CI pnpm refuses to change a lockfile, and the projects here add packages later.
    install: ["pnpm", "install", "--no-frozen-lockfile"],
    exec: ["pnpm", "exec"],
    through: [],
    peers: ["pnpm", "peers", "check"],
    unmet: /pulumi-deepseek/,
  },
  yarn: yarn("node-modules", undefined),
  // Pulumi starts Node itself, and only Yarn's environment enables Plug'n'Play in Node.
  "yarn pnp": yarn("pnp", "exec"),
} as const satisfies Record<string, Manager>;

export type ManagerName = keyof typeof managers;
