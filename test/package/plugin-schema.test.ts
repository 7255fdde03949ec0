import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { definitionOf, inputNames } from "../../provider/core/inputs.ts";
import { root } from "../support/repository.ts";
import { makeSchema, schemaPath } from "./plugin-schema.ts";

const schema = JSON.parse(makeSchema());
const { inputProperties, properties, required } = schema.resources["deepseek:index:DeepSeekConnection"];
const getModels = schema.functions["deepseek:index:getModels"];

describe("the plugin's schema", () => {
  it("is up to date with the inputs, the state and the docstrings; if not, run 'npm run docs'", async () => {
    await expect(makeSchema()).toMatchFileSnapshot(fileURLToPath(new URL(schemaPath, root)));
  });

  it("has every input, and marks as secrets those that always are, wherever a key can be", () => {
    expect(Object.keys(inputProperties)).toEqual(inputNames);
    for (const name of inputNames) expect(inputProperties[name].secret).toBe(definitionOf(name).isSecret);
    for (const { apiKey } of [schema.config.variables, schema.provider.inputProperties, getModels.inputs.properties]) {
      expect(apiKey.secret).toBe(true);
    }
    for (const name of ["apiKey", "headers", "openai"]) expect(properties[name].secret).toBe(true);
    expect(schema.types["deepseek:index:OpenAIOptions"].properties.apiKey.secret).toBe(true);
  });

  it("has a type and a description for each property, and refers to types that it has", () => {
    const bags = [inputProperties, properties, getModels.inputs.properties, getModels.outputs.properties];
    for (const property of bags.flatMap((bag) => Object.values<Record<string, unknown>>(bag))) {
      expect(property["type"] ?? property["$ref"], JSON.stringify(property)).toEqual(expect.any(String));
      expect(String(property["description"]).length).toBeGreaterThan(10);
    }
    const references = [...makeSchema().matchAll(/"\$ref": "#\/types\/([^"]+)"/g)].map(([, name]) => name);
    expect(Object.keys(schema.types)).toEqual(expect.arrayContaining(references));
    expect(Object.keys(properties)).toEqual(expect.arrayContaining(required));
  });
});
