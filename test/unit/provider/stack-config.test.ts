import * as pulumi from "@pulumi/pulumi";
import { afterEach, expect, it } from "vitest";
import { resolveBaseUrl } from "../../../provider/stack-config.ts";

afterEach(() => pulumi.runtime.setAllConfig({}));

it("the base URL of the stack's configuration is used by a connection that sets none", () => {
  expect(resolveBaseUrl(undefined)).toBeUndefined();
  pulumi.runtime.setAllConfig({ "deepseek:baseUrl": "https://gateway.example" });
  expect(resolveBaseUrl(undefined)).toBe("https://gateway.example");
  expect(resolveBaseUrl("https://own.example")).toBe("https://own.example");
});
