/*
 * Which file may import which: dependency-cruiser checks it in `npm run check`. Imports go one way, cli → monitor → provider,
 * and inside each from the public interface down to the core. Type imports count too.
 */

/** @param {string} name @param {string} comment @param {string} from @param {string} to a pattern of paths */
const forbid = (name, comment, from, to, more = {}) => ({
  name,
  comment,
  severity: "error",
  from: { path: from },
  to: { path: to, ...more },
});

/** Everything of this repository but what these patterns match. */
const allBut = (...patterns) => `^(?!node_modules/|${patterns.join("|")})[^/]+/.*\\.ts$`;

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    { name: "no-circles", severity: "error", from: {}, to: { circular: true } },
    forbid(
      "product-imports-product",
      "What is published needs no example and no test.",
      "^(provider|monitor|cli)/",
      "^(examples|test)/",
    ),
    forbid("examples-import-no-test", "An example is what a user would copy.", "^examples/", "^test/"),
    forbid(
      "provider-is-below",
      "The provider knows neither monitor nor command line.",
      "^provider/",
      "^(monitor|cli)/",
    ),
    forbid("monitor-is-below-cli", "The monitor does not know the command line.", "^monitor/", "^cli/"),
    forbid(
      "deepseek-imports-nothing",
      "What knows the API knows nothing else.",
      "^provider/deepseek/",
      allBut("provider/deepseek/"),
    ),
    forbid(
      "sandbox-imports-nothing",
      "A server that answers as DeepSeek does must not share the client's mistakes.",
      "^provider/sandbox/",
      allBut("provider/sandbox/"),
    ),
    forbid(
      "core-knows-no-shell",
      "The lifecycle can be called from any shell.",
      "^provider/core/",
      allBut("provider/core/", "provider/deepseek/"),
    ),
    forbid(
      "core-knows-no-engine",
      "Neither Pulumi nor AWS below the shells.",
      "^provider/(core|deepseek|sandbox)/|^monitor/lambda/",
      "^node_modules/@pulumi/",
    ),
    forbid(
      "internals-are-below-shells",
      "What is undocumented of Pulumi is used by the shells, and uses none.",
      "^provider/(pulumi-internals|shared-probes|this-run|stack-config)\\.ts$",
      "^provider/(connection|preflight|dynamic|dynamic-shell)\\.ts$",
    ),
    forbid(
      "shells-do-not-know-the-resource",
      "What the engine loads must not load the resource's class.",
      "^provider/(preflight|dynamic|dynamic-shell)\\.ts$",
      "^provider/(connection|index)\\.ts$",
    ),
    forbid(
      "plugin-loads-no-sdk",
      "A plugin that loads Pulumi's SDK starts several times as slowly.",
      "^provider/(plugin/|shared-probes\\.ts$|engine-values\\.ts$)",
      "^provider/(connection|dynamic|dynamic-shell|index|preflight|pulumi-internals|requirements|stack-config|this-run)\\.ts$|^node_modules/@pulumi/pulumi/(?!proto/)",
    ),
    forbid(
      "plugin-is-a-program",
      "It is started, not imported.",
      "^(provider/(?!plugin/)|monitor/|cli/)",
      "^provider/plugin/",
    ),
    forbid(
      "monitor-loads-no-resource-of-the-provider",
      "Dynamic resources work in Node programs only; the monitor is a component for every language.",
      "^monitor/",
      "^provider/[^/]+\\.ts$",
    ),
    forbid(
      "settings-are-at-the-bottom",
      "What users write, and how it is read, does not depend on what is made of it.",
      "^monitor/(arguments|argument-messages|schema|settings|metrics|names|shards)\\.ts$",
      "^monitor/(alarms/(plan|description)\\.ts|resources/|lambda/|rehearsal/|monitor\\.ts|index\\.ts)",
    ),
    forbid(
      "alarms-are-pure",
      "Deployment and rehearsal plan the same alarms.",
      "^monitor/alarms/",
      "^monitor/(resources|lambda|rehearsal)/|^monitor/(monitor|index)\\.ts$",
    ),
    forbid(
      "resources-are-below-the-component",
      "The component puts the resources together.",
      "^monitor/resources/",
      "^monitor/(rehearsal/|(monitor|index)\\.ts$)",
    ),
    forbid(
      "function-is-small",
      "The function's bundle has only what it needs.",
      "^monitor/lambda/",
      allBut(
        "monitor/lambda/",
        "monitor/(metrics|names|shards)\\.ts",
        "provider/deepseek/",
        "provider/core/(problems|message-text)\\.ts",
      ),
    ),
    forbid(
      "rehearsal-knows-no-deployment",
      "A rehearsal needs no AWS.",
      "^monitor/rehearsal/",
      "^monitor/(resources/|(monitor|index|settings|schema)\\.ts$)|^node_modules/@pulumi/",
    ),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^dist/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "test/tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["require", "import"] },
  },
};
