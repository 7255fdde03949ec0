import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Analyzer } from "@pulumi/pulumi/provider/experimental/analyzer.js";
import { describe, expect, it } from "vitest";
import { DeepSeekMonitor } from "../../../monitor/index.ts";
import { DeepSeekConnection } from "../../../provider/index.ts";
import { exampleKey as key } from "../../support/keys.ts";
import { deploy, least, run, storedConnections } from "./support/deploy.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** A property as the analyzer describes it. The analyzer's own type omits fields that depend on the property. */
interface Output {
  readonly type?: string;
  readonly $ref?: string;
  readonly optional?: boolean;
}

describe("Pulumi's component analyzer", () => {
  // The analyzer compiles the whole package once.
  const { components } = new Analyzer(
    root,
    "deepseek",
    { main: "monitor/index.ts" },
    new Set(["DeepSeekMonitor"]),
  ).analyze();
  const component = components["DeepSeekMonitor"];

  it("accepts every output, including resources, and finds each among the component's own properties", async () => {
    const { monitor } = await deploy();
    const outputs = Object.entries((component?.outputs ?? {}) as Readonly<Record<string, Output>>);
    const types = outputs.map(([name, { type, $ref }]) => [name, type ?? $ref?.split("/schema.json#")[1]]);
    expect(Object.fromEntries(types)).toEqual({
      monitorName: "string",
      function: "/resources/aws:lambda%2Ffunction:Function",
      logGroup: "/resources/aws:cloudwatch%2FlogGroup:LogGroup",
      scheduleGroup: "/resources/aws:scheduler%2FscheduleGroup:ScheduleGroup",
      deadLetterQueue: "/resources/aws:sqs%2Fqueue:Queue",
      alertTopic: "/resources/aws:sns%2Ftopic:Topic",
      pageTopicArn: "string",
      ticketTopicArn: "string",
      alarmNames: "array",
      alarmArns: "array",
      secretArns: "object",
      failuresQuery: "/resources/aws:cloudwatch%2FqueryDefinition:QueryDefinition",
      dashboard: "/resources/aws:cloudwatch%2Fdashboard:Dashboard",
      dashboardUrl: "string",
    });
    for (const [name, { $ref }] of outputs) {
      const value = (monitor as unknown as Readonly<Record<string, unknown>>)[name];
      expect(($ref === undefined ? pulumi.Output : pulumi.Resource).isInstance(value), name).toBe(true);
    }
    const optional = outputs.filter(([, property]) => property.optional === true);
    expect(optional.map(([name]) => name)).toEqual(["alertTopic", "dashboard", "dashboardUrl"]);
  });
});

describe("a DeepSeekConnection as input of the monitor", () => {
  it("can be passed as it is: its base URL and name are used, and its other outputs are ignored", async () => {
    const { of } = await run(() => {
      const args = { apiKey: key, baseUrl: "https://gateway.example", keyCreatedAt: "2026-11-25" };
      const connection = new DeepSeekConnection("main", args);
      return new DeepSeekMonitor("health", { connections: { prod: connection } });
    });
    expect(storedConnections({ of })).toMatchObject([
      { name: "prod", baseUrl: "https://gateway.example", keyCreatedAt: "2026-11-25" },
    ]);
    const alarm = of("cloudwatch/metricAlarm:MetricAlarm").find(({ name }) => name === "health/prod/keyRejected");
    expect(alarm?.inputs["alarmDescription"]).toMatch(/^Connection prod \(main\)\n/);
  });
});

describe("the monitor as a component", () => {
  it("passes its provider to all of its resources, so that it can be in another Region than the program", async () => {
    const { resources } = await run(() => {
      const provider = new aws.Provider("elsewhere", { region: "us-east-1" });
      return new DeepSeekMonitor("health", least, { provider });
    });
    const custom = resources.filter(({ type }) => /^[a-z]+\//.test(type));
    expect(custom).toHaveLength(28);
    for (const { provider } of custom) expect(provider).toContain("::elsewhere::");
  });

  it("lets transforms change what has no option", async () => {
    const { one } = await deploy(least, {
      transformations: [
        ({ type, props, opts }) =>
          type === "aws:lambda/function:Function" ? { props: { ...props, memorySize: 512 }, opts } : undefined,
      ],
    });
    expect(one("lambda/function:Function").inputs["memorySize"]).toBe(512);
  });

  it("is the parent of all its resources", async () => {
    const parents = new Set<string | undefined>();
    await deploy(least, {
      transformations: [
        ({ type, props, opts }) => {
          if (type.startsWith("aws:")) parents.add((opts.parent as unknown as { __name: string } | undefined)?.__name);
          return { props, opts };
        },
      ],
    });
    expect([...parents]).toEqual(["health"]);
  });
});

describe("the entry point", () => {
  const imported = importsFrom("monitor/index.ts");

  it("never loads the dynamic resource, which works in Node programs only", () => {
    expect(imported.files).toContain("provider/core/inputs.ts");
    for (const file of ["provider/connection.ts", "provider/dynamic.ts", "provider/index.ts"]) {
      expect(imported.files).not.toContain(file);
    }
  });

  it("loads only the AWS services that it uses, since the whole package takes seven times as long", () => {
    const services = [...imported.packages].filter((name) => name.startsWith("@pulumi/aws"));
    expect(services).toContain("@pulumi/aws/lambda");
    expect(services).not.toContain("@pulumi/aws");
  });
});

/** Returns all files and packages that a file loads, except type-only imports. */
function importsFrom(entry: string) {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string) => {
    if (files.has(file)) return;
    files.add(file);
    const source = readFileSync(join(root, file), "utf8");
    for (const [, name = ""] of source.matchAll(/^(?:import|export) (?!type )[^;]*?from "([^"]+)";/gms)) {
      if (name.startsWith(".")) visit(relative(root, join(root, dirname(file), name)));
      else packages.add(name);
    }
  };
  visit(entry);
  return { files, packages };
}
