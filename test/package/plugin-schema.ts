import { readFileSync } from "node:fs";
import ts from "typescript";
import { z } from "zod";
import { definitionOf, type InputName, inputNames, inputs } from "../../provider/core/inputs.ts";
import { Strictness, TestCall } from "../../provider/core/values.ts";
import { type Declared, declaration } from "./docstrings.ts";

/*
 * Pulumi's schema of the plugin, from which `pulumi package` generates SDKs. Names, types and secrecy come from the table of
 * inputs and from the state, the descriptions from the docstrings of the TypeScript package. Defaults are in the
 * descriptions only: an SDK would store them as inputs, and a new default would then be a change.
 */

/** A property in Pulumi's schema, as far as it is used. */
type Property = Readonly<Record<string, unknown>>;
type Properties = Readonly<Record<string, Property>>;

/** Where the schema is, in the repository. */
export const schemaPath = "provider/plugin/schema.json";

const values = "provider/core/values.ts";

/** The named types by the file that declares them. */
const namedTypes = { Model: "provider/deepseek/offer.ts", OpenAIOptions: values, Status: values } as const;

const enumerations = { Strictness, TestCall } as const;

/** The properties that contain a secret besides the inputs in the table. */
const secretOutputs = ["openai"];
const secretFields = ["OpenAIOptions.apiKey", "OpenAIOptions.defaultHeaders"];

const typeOf = (name: string) => ({ $ref: `#/types/deepseek:index:${name}` });

/** The schema's text. */
export function makeSchema(): string {
  const { version, license } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  const args = declaration("provider/connection.ts", "DeepSeekConnectionArgs");
  const given = inputProperties(args);
  const configurable = {
    apiKey: {
      type: "string",
      secret: true,
      description:
        "The API key of connections that set none. It is sent to the configured base URL only. Set it with 'pulumi config set --secret deepseek:apiKey': a key that is configured in plain text is stored in plain text.",
    },
    baseUrl: { type: "string", description: "The base URL of connections that set none." },
    verify: {
      type: "string",
      description: "Overrides the 'verify' of every connection, with a warning: 'standard', 'strict' or 'none'.",
    },
  };
  const schema = {
    name: "deepseek",
    namespace: "pulumi-deepseek",
    displayName: "DeepSeek",
    version,
    description:
      "A connection to the DeepSeek LLM API: the key is checked at preview, verified at deployment and kept secret.",
    keywords: ["pulumi", "deepseek", "llm", "category/utility", "kind/native"],
    license,
    publisher: "pulumi-deepseek",
    config: { variables: configurable },
    provider: {
      description: "The settings of connections that set none themselves.",
      inputProperties: configurable,
    },
    types: {
      ...Object.fromEntries(
        Object.keys(namedTypes).map((name) => [`deepseek:index:${name}`, namedType(name as keyof typeof namedTypes)]),
      ),
      ...Object.fromEntries(
        Object.keys(enumerations).map((name) => [
          `deepseek:index:${name}`,
          enumeration(name as keyof typeof enumerations),
        ]),
      ),
    },
    resources: {
      "deepseek:index:DeepSeekConnection": {
        description:
          "A connection to DeepSeek, or to a service with the same API. The key is checked at preview, verified by a test call at create and update, and kept as a secret. Deleting it does not revoke the key: DeepSeek has no API for keys.",
        inputProperties: given,
        ...outputProperties(given),
        aliases: [{ type: "pulumi-nodejs:dynamic/deepseek:DeepSeekConnection" }],
      },
    },
    functions: {
      "deepseek:index:getModels": {
        description:
          "The models that the service lists for a key. Makes only free calls, and fails if the service refuses them.",
        inputs: {
          type: "object",
          properties: pick(given, [
            "apiKey",
            "baseUrl",
            "headers",
            "allowInsecureHttp",
            "timeoutSeconds",
            "maxAttempts",
          ]),
        },
        outputs: {
          type: "object",
          properties: { models: { type: "array", items: typeOf("Model"), description: "The models, sorted by id." } },
          required: ["models"],
        },
      },
    },
    language: {
      nodejs: { packageName: "pulumi-deepseek-sdk", respectSchemaVersion: true },
      python: { packageName: "pulumi_deepseek", pyproject: { enabled: true }, respectSchemaVersion: true },
      go: {
        importBasePath: "pulumi-deepseek/sdk/go/deepseek",
        generateResourceContainerTypes: true,
        respectSchemaVersion: true,
      },
      csharp: { rootNamespace: "PulumiDeepSeek", respectSchemaVersion: true },
    },
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

function inputProperties({ members }: Declared): Properties {
  return Object.fromEntries(
    inputNames.map((name) => {
      const description = members.find((member) => member.name === name)?.doc;
      if (!description) throw new Error(`The input '${name}' has no docstring.`);
      const { isSecret } = definitionOf(name);
      return [name, { ...inputType(name), ...(isSecret && { secret: true }), description }];
    }),
  );
}

/** The type of an input, from the schema that parses it. */
function inputType(name: InputName): Property {
  const json = z.toJSONSchema(inputs[name].schema, { io: "input" });
  const [enumName] = Object.entries(enumerations).find(([, each]) => isSame(Object.values(each), json.enum)) ?? [];
  return enumName === undefined ? fromJsonSchema(json) : typeOf(enumName);
}

function isSame(some: readonly unknown[], others: readonly unknown[] = []): boolean {
  return some.join() === others.join();
}

function fromJsonSchema(json: z.core.JSONSchema.JSONSchema): Property {
  const { type = json.anyOf?.[0]?.type, items, additionalProperties } = json;
  if (type === "array" && typeof items === "object" && !Array.isArray(items)) {
    return { type, items: fromJsonSchema(items as z.core.JSONSchema.JSONSchema) };
  }
  if (type === "object" && typeof additionalProperties === "object") {
    return { type, additionalProperties: fromJsonSchema(additionalProperties) };
  }
  return { type };
}

/** What is stored: the state, and the inputs that the resource of the TypeScript package has as outputs. */
function outputProperties(given: Properties) {
  const state = declaration("provider/core/state.ts", "ConnectionState").members;
  const outputs = declaration("provider/connection.ts", "DeepSeekConnection").members;
  const properties = outputs.map(({ name, doc }) => {
    const stored = state.find((member) => member.name === name);
    const isSecret = secretOutputs.includes(name) || given[name]?.["secret"] === true;
    const type =
      stored?.type === undefined
        ? pick(given[name] ?? {}, ["type", "$ref", "additionalProperties"])
        : fromNode(stored.type);
    return [name, { ...type, ...(isSecret && { secret: true }), description: doc }] as const;
  });
  const missing = state.filter(({ name }) => !outputs.some((output) => output.name === name));
  if (missing.length > 0)
    throw new Error(`These are stored, and have no docstring: ${missing.map(({ name }) => name)}.`);
  const always = state.filter(({ isOptional }) => !isOptional).map(({ name }) => name);
  // The plugin fills it in.
  return { properties: Object.fromEntries(properties), required: [...always, "displayName"] };
}

function namedType(name: keyof typeof namedTypes): Property {
  const { doc, members, values: literals } = declaration(namedTypes[name], name);
  if (literals.length > 0) return { description: doc, type: "string", enum: literals.map((value) => ({ value })) };
  const properties = members.map((member) => {
    const type = member.type === undefined ? {} : fromNode(member.type);
    const isSecret = secretFields.includes(`${name}.${member.name}`);
    return [member.name, { ...type, ...(isSecret && { secret: true }), description: member.doc }] as const;
  });
  const required = members.filter(({ isOptional }) => !isOptional).map((member) => member.name);
  return { description: doc, type: "object", properties: Object.fromEntries(properties), required };
}

function enumeration(name: keyof typeof enumerations): Property {
  const { doc, members } = declaration(values, name);
  const choices = Object.entries(enumerations[name]).map(([choice, value]) => {
    return { name: choice, value, description: members.find((member) => member.name === choice)?.doc };
  });
  return { description: doc, type: "string", enum: choices };
}

/** The type of a property of the state. Every number there is a count. */
function fromNode(node: ts.TypeNode): Property {
  if (ts.isUnionTypeNode(node)) {
    const [type, ...others] = node.types.filter(({ kind }) => kind !== ts.SyntaxKind.UndefinedKeyword);
    if (type !== undefined && others.length === 0) return fromNode(type);
  }
  if (ts.isTypeOperatorNode(node)) return fromNode(node.type);
  if (ts.isArrayTypeNode(node)) return { type: "array", items: fromNode(node.elementType) };
  if (node.kind === ts.SyntaxKind.StringKeyword) return { type: "string" };
  if (node.kind === ts.SyntaxKind.NumberKeyword) return { type: "integer" };
  const text = node.getText();
  if (text in namedTypes) return typeOf(text);
  if (text === "Readonly<Record<string, string>>") return { type: "object", additionalProperties: { type: "string" } };
  throw new Error(`The schema has no type for '${text}'.`);
}

function pick<Value>(all: Readonly<Record<string, Value>>, names: readonly string[]): Record<string, Value> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
}
