import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Application, LogLevel } from "typedoc";
import type { PluginOptions } from "typedoc-plugin-markdown";

const root = fileURLToPath(new URL("../../", import.meta.url));

interface Page {
  /** As users import it. */
  readonly module: string;
  /** What stands below the title. */
  readonly about: string;
}

/** The pages by path, one a module that programs import. Each is about the `index.ts` beside it. */
const pages: Readonly<Record<string, Page>> = {
  "provider/REFERENCE.md": {
    module: "pulumi-deepseek",
    about:
      "[`DeepSeekConnectionArgs`](#deepseekconnectionargs) has the inputs, [`DeepSeekConnection`](#deepseekconnection) the " +
      "outputs. What the messages mean, and what to do: [errors and warnings](ERRORS.md).",
  },
  "monitor/REFERENCE.md": {
    module: "pulumi-deepseek/monitor",
    about:
      "[`DeepSeekMonitorArgs`](#deepseekmonitorargs) has the inputs, [`DeepSeekMonitor`](#deepseekmonitor) the outputs. What " +
      "an alarm means: [runbook](RUNBOOK.md). What the messages mean: [errors and warnings](../provider/ERRORS.md).",
  },
  "monitor/rehearsal/REFERENCE.md": {
    module: "pulumi-deepseek/monitor/rehearsal",
    about:
      "[`rehearse`](#rehearse) replays an incident and returns a [`Timeline`](#timeline): which alerts are sent, and in which " +
      "minute. Use it to test your own thresholds. `npx pulumi-deepseek rehearse` does the same on the command line.",
  },
};

const layout: Partial<PluginOptions> = {
  outputFileStrategy: "modules",
  hideBreadcrumbs: true,
  hideGroupHeadings: true,
  hidePageHeader: true,
  hidePageTitle: true,
  interfacePropertiesFormat: "table",
  classPropertiesFormat: "table",
  enumMembersFormat: "table",
  parametersFormat: "table",
  tableColumnSettings: {
    hideInherited: true,
    hideModifiers: true,
    hideOverrides: true,
    hideSources: true,
    leftAlignHeaders: true,
  },
};

/** The reference as the docstrings have it now: each page's text by its path in the repository. */
export async function makeReference(): Promise<ReadonlyMap<string, string>> {
  const out = mkdtempSync(join(tmpdir(), "deepseek-reference-"));
  try {
    const application = await Application.bootstrapWithPlugins({
      plugin: ["typedoc-plugin-markdown"],
      tsconfig: join(root, "tsconfig.json"),
      entryPoints: Object.keys(pages).map((path) => join(root, path.replace("REFERENCE.md", "index.ts"))),
      out,
      logLevel: LogLevel.Error,
      readme: "none",
      // Lines of the sources would change with every edit.
      disableSources: true,
      excludeExternals: true,
      excludePrivate: true,
      // Else a default that is a sentence would be shown as code.
      jsDocCompatibility: { defaultTag: false },
      sort: ["source-order"],
      // `npm run check` finds the mistakes.
      skipErrorChecking: true,
      ...layout,
    });
    const project = await application.convert();
    if (project === undefined) throw new Error("typedoc cannot read the sources.");
    // A module's name is the path of its page.
    for (const child of project.children ?? []) child.name += "/REFERENCE";
    await application.generateOutputs(project);
    return new Map(
      Object.entries(pages).map(([path, page]) => [
        path,
        head(page) + worthReading(readFileSync(join(out, path), "utf8")),
      ]),
    );
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** Without what typedoc says of every class. */
function worthReading(text: string): string {
  const sections = text.split(/^(?=#+ )/m);
  return sections.filter((section) => !/^#+ (Constructors|Extends|Overrides|Returns)\n/.test(section)).join("");
}

function head({ module, about }: Page): string {
  return `# Reference: ${module}\n\n<!-- Written by \`npm run docs\` from the docstrings: change those. -->\n\n${about}\n\n`;
}
