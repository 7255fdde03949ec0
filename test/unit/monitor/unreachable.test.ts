import * as pulumi from "@pulumi/pulumi";
import { afterEach, describe, expect, it, vi } from "vitest";
import { unreachableAlarms } from "../../../monitor/alarms/unreachable.ts";
import type { AlarmsArgs } from "../../../monitor/index.ts";
import type { Learnable } from "../../../monitor/metrics.ts";
import { deploy, least } from "./support/deploy.ts";

afterEach(() => vi.restoreAllMocks());

const cny: Learnable = { never: [], currencies: ["CNY"] };
const gateway: Learnable = { never: ["Balance", "BalanceLow"], currencies: [] };

describe("the alarms that cannot fire", () => {
  const found = (learnable: Readonly<Record<string, Learnable>>, alarms: AlarmsArgs = {}) =>
    unreachableAlarms(learnable, alarms).map(({ kind, connections, isConfigured }) => [
      kind,
      connections,
      isConfigured,
    ]);

  it("are none for an account in yuan by default", () => {
    expect(found({ prod: cny })).toEqual([]);
  });

  it("are those on spending in another currency than that of the account", () => {
    const alarms = { balanceFallsFast: { enabled: true, threshold: { USD: 5 } } };
    expect(found({ prod: cny, other: { never: [], currencies: ["USD"] } }, alarms)).toEqual([
      ["balanceFallsFast", ["prod"], true],
    ]);
    expect(found({ prod: cny }, { balanceFallsFast: { enabled: true, threshold: { CNY: 5, USD: 1 } } })).toEqual([]);
  });

  it("are those on a balance that the service does not report, whether the user has set them or not", () => {
    expect(found({ a: gateway, b: cny, c: gateway })).toEqual([["lowBalance", ["a", "c"], false]]);
    expect(found({ a: gateway }, { lowBalance: { threshold: { USD: 5 } } })).toEqual([["lowBalance", ["a"], true]]);
  });

  it("are not those that the user has turned off", () => {
    expect(found({ a: gateway }, { lowBalance: { enabled: false } })).toEqual([]);
  });

  it("are none where nothing was learned", () => {
    expect(found({ a: { never: [] } }, { balanceFallsFast: { enabled: true, threshold: { USD: 5 } } })).toEqual([]);
  });
});

/** Deploys a monitor whose smoke invocation returns this. */
async function deployed(alarms: AlarmsArgs, result: unknown) {
  const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
  const info = vi.spyOn(pulumi.log, "info").mockResolvedValue();
  await deploy(
    { ...least, alarms },
    {
      transformations: [
        ({ type, props, opts }) =>
          type === "aws:lambda/invocation:Invocation" ? { props: { ...props, result }, opts } : undefined,
      ],
    },
  );
  return { warned: warn.mock.calls.map(([text]) => text), informed: info.mock.calls.map(([text]) => text) };
}

describe("a deployment", () => {
  it("warns by name about each alarm that the user has set and that cannot fire, and has one line for the others", async () => {
    const never = ["KeyRejected", "Unfunded", "Balance", "BalanceLow"];
    const alarms = { lowBalance: { threshold: { USD: 5 } } };
    const result = JSON.stringify({ learnable: { prod: { never, currencies: [] } } });
    const { warned, informed } = await deployed(alarms, result);
    expect(warned).toEqual([
      "DeepSeekMonitor 'health': alarms.lowBalance: cannot fire for prod: the service reported no balance. " +
        "Change its threshold or testCall, or set enabled to false. [alarm-cannot-fire]",
    ]);
    expect(informed).toEqual([
      "DeepSeekMonitor 'health': These default alarms cannot fire at present: key rejected (prod: without a test call, " +
        "nothing proves the key there); insufficient balance (prod: without a test call, only a balance would show it, " +
        "and the service reported none).",
    ]);
  });

  it("names five connections at most", async () => {
    const names = ["a", "b", "c", "d", "e", "f", "g"];
    const learnable = Object.fromEntries(names.map((name) => [name, { never: ["KeyRejected"], currencies: ["USD"] }]));
    const { informed } = await deployed({}, JSON.stringify({ learnable }));
    expect(informed).toEqual([expect.stringContaining("key rejected (a, b, c, d, e and 2 more: without a test call")]);
  });

  it.each([JSON.stringify({ shard: "0", probed: 1 }), "", undefined])(
    "says nothing if another version of the function answered: %s",
    async (result) => {
      expect(await deployed({}, result)).toEqual({ warned: [], informed: [] });
    },
  );
});
