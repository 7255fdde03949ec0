import { describe, expect, it } from "vitest";
import { alarmKinds } from "../../../monitor/alarms/catalog.ts";
import { alarmName, CONNECTION_NAME, childName, endpointSubject } from "../../../monitor/names.ts";

describe("the names of a monitor's resources", () => {
  it("differ between monitors and connections, however their names are combined", () => {
    expect(childName("health", "eu-prod", "keyRejected")).not.toBe(childName("health-eu", "prod", "keyRejected"));
  });

  it("have a separator that connections and kinds of alarms cannot contain", () => {
    const [separator = ""] = childName("a", "b").split(/[ab]/).filter(Boolean);
    expect(separator).toBe("/");
    expect(CONNECTION_NAME.test(`a${separator}b`)).toBe(false);
    for (const kind of alarmKinds) expect(kind).not.toContain(separator);
  });

  it("leave out absent parts", () => {
    expect(childName("health", undefined, "keyDueForRotation")).toBe("health/keyDueForRotation");
    expect(alarmName("health", undefined, "key due for rotation")).toBe("key due for rotation/health");
  });

  it("contain the whole base URL without https://", () => {
    expect(childName("health", endpointSubject("https://gateway.example/v1"), "slow")).toBe(
      "health/gateway.example/v1/slow",
    );
  });
});
