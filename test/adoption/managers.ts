import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A package manager, as a user has it. */
export interface Manager {
  /** The files that a project has for it, such as its settings. */
  files(registry: string): Readonly<Record<string, string>>;
  readonly install: readonly string[];
  /** Runs the command of an installed package. */
  readonly exec: readonly string[];
  /** Before `pulumi`: what a user types there. */
  readonly through: readonly string[];
  /** Lists the peer dependencies that are not met. */
  readonly peers: readonly string[];
  /** The lines in that list which are about this package. */
  readonly unmet: RegExp;
}

/** Downloads are kept there from one project to the next, and from one run to the next; npm's in npm's own cache. */
const cache = fileURLToPath(new URL("../../node_modules/.cache/adoption", import.meta.url));

const yarnScript = fileURLToPath(new URL("../../node_modules/@yarnpkg/cli-dist/bin/yarn.js", import.meta.url));

function yarn(nodeLinker: "node-modules" | "pnp", through: "exec" | undefined): Manager {
  return {
    // JSON is YAML.
    files: (npmRegistryServer) => ({
      // An empty one says that the project begins here.
      "yarn.lock": "",
      ".yarnrc.yml": JSON.stringify({
        nodeLinker,
        npmRegistryServer,
        globalFolder: join(cache, "yarn"),
        enableTelemetry: false,
        // It is on in CI, where a lockfile must be there already.
        enableImmutableInstalls: false,
        // The newest version of the SDK is wanted on its first day, too.
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
        // pnpm ends with an error where nobody has decided on a script; this one comes with Pulumi's SDK.
        allowBuilds: { protobufjs: false },
        minimumReleaseAge: 0,
      }),
    }),
    // In CI it is strict with a lockfile, and a project here takes up further packages.
    install: ["pnpm", "install", "--no-frozen-lockfile"],
    exec: ["pnpm", "exec"],
    through: [],
    peers: ["pnpm", "peers", "check"],
    unmet: /pulumi-deepseek/,
  },
  yarn: yarn("node-modules", undefined),
  // Pulumi starts Node by itself, and only Yarn's environment tells Node of Plug'n'Play.
  "yarn pnp": yarn("pnp", "exec"),
} as const satisfies Record<string, Manager>;

export type ManagerName = keyof typeof managers;
