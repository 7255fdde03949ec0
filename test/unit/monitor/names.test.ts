import { describe, expect, it } from "vitest";
import { alarmKinds } from "../../../monitor/alarms/catalog.ts";
import { alarmName, CONNECTION_NAME, childName, endpointSubject } from "../../../monitor/names.ts";

describe("the names of a monitor's resources", () => {
  it("are others for another monitor and connection, however their names are put together", () => {
    expect(childName("health", "eu-prod", "keyRejected")).not.toBe(childName("health-eu", "prod", "keyRejected"));
  });

  it("have a separator that neither connections nor kinds of alarms may contain", () => {
    const [separator = ""] = childName("a", "b").split(/[ab]/).filter(Boolean);
    expect(separator).toBe("/");
    expect(CONNECTION_NAME.test(`a${separator}b`)).toBe(false);
    for (const kind of alarmKinds) expect(kind).not.toContain(separator);
  });

  it("leave out what there is none of", () => {
    expect(childName("health", undefined, "keyDueForRotation")).toBe("health/keyDueForRotation");
    expect(alarmName("health", undefined, "key due for rotation")).toBe("health/key due for rotation");
  });

  it("have the whole base URL but for https", () => {
    expect(childName("health", endpointSubject("https://gateway.example/v1"), "slow")).toBe(
      "health/gateway.example/v1/slow",
    );
  });
});
