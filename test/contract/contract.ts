import { expect } from "vitest";
import { type InputName, inputNames, type inputs } from "../../provider/core/inputs.ts";
import { keyFingerprint } from "../../provider/deepseek/redact.ts";
import { allCalls, type ConnectionUnderTest, freeCalls, type ProgramWithKey } from "./connection-under-test.ts";
import { decisionRows } from "./decisions.ts";
import { groupsFor } from "./groups.ts";
import { proofRows } from "./proof.ts";
import type { Service } from "./service.ts";
import type { Driver, Program } from "./stack.ts";

/** A new value for each input, and what the change requires. Does not compile if the table of inputs disagrees. */
type Changes = {
  readonly [Name in InputName]: {
    readonly requires: (typeof inputs)[Name]["change"];
    readonly to: (connection: ConnectionUnderTest) => unknown;
  };
};

const changes: Changes = {
  apiKey: { requires: "verify", to: (connection) => connection.key("good") },
  baseUrl: { requires: "verify", to: ({ baseUrl }) => `${baseUrl}/v1` },
  allowedModels: { requires: "verify", to: () => ["deepseek-v4-pro", "deepseek-flash"] },
  defaultModel: { requires: "verify", to: () => "deepseek-v4-pro" },
  verify: { requires: "verify", to: () => "strict" },
  displayName: { requires: "store", to: () => "other" },
  timeoutSeconds: { requires: "store", to: () => 10 },
  maxAttempts: { requires: "store", to: () => 2 },
  keyCreatedAt: { requires: "store", to: () => new Date().toISOString() },
  rotateAfterDays: { requires: "store", to: () => 90 },
  headers: { requires: "verify", to: () => ({ "x-gateway-team": "payments" }) },
  allowInsecureHttp: { requires: "verify", to: () => true },
  testCall: { requires: "verify", to: () => "models" },
};

/**
 * The contract of a connection's lifecycle: what preview, create, update, refresh and destroy do in any shell around the
 * core.
 */
export function lifecycleContract<S extends Service>(driver: Driver<S>): void {
  const groups = groupsFor(driver);
  const { group, row, probesBeforeUpdate } = groups;

  decisionRows(groups);
  proofRows(groups);

  group("a healthy connection", (connection) => {
    let program: ProgramWithKey;

    row("is stored with its inputs and with what the service offers", async () => {
      program = connection().program("good");
      const { apiKey } = program.inputs;
      const { baseUrl } = connection();
      const given = { ...program.inputs, apiKey: ` ${apiKey}\n`, baseUrl: `${baseUrl}//` };
      expect(await connection().preview({ inputs: given })).toMatchObject({ passed: true, hasChanges: true });
      expect(await connection().up({ inputs: given })).toMatchObject({ passed: true, hasChanges: true });
      expect(await connection().state()).toEqual({
        ...program.inputs,
        baseUrl,
        status: "valid",
        models: [expect.objectContaining({ id: "deepseek-flash" }), expect.objectContaining({ id: "deepseek-v4-pro" })],
        defaultModel: "deepseek-flash",
        servedModel: "deepseek-flash",
        systemFingerprint: expect.any(String),
        keyFingerprint: keyFingerprint(apiKey),
        verifiedAt: expect.any(String),
        openai: { apiKey, baseURL: baseUrl, model: "deepseek-flash" },
      });
    });

    row("is not updated or verified again while nothing changes", async () => {
      const seen = { passed: true, hasChanges: false, says: [], calls: freeCalls };
      const before = await connection().state();
      expect(await connection().preview(program)).toMatchObject(seen);
      expect(await connection().up(program)).toMatchObject(seen);
      expect(await connection().state()).toEqual(before);
    });

    row("accepts a good new key and reports how to finish the rotation", async () => {
      const before = await connection().stored();
      program = connection().program("good");
      expect(await connection().preview(program)).toMatchObject({ passed: true, hasChanges: true, says: [] });
      const seen = await connection().up(program);
      expect(seen).toMatchObject({ passed: true, hasChanges: true, says: ["info rotated"], calls: allCalls });
      const fingerprint = keyFingerprint(program.inputs.apiKey);
      expect(seen.text).toContain(
        `the new key (fingerprint ${fingerprint}) works and replaces the old key (fingerprint ${before["keyFingerprint"]})`,
      );
      expect(await connection().state()).toMatchObject({ apiKey: program.inputs.apiKey, keyFingerprint: fingerprint });
    });

    row("is deleted without a call, even if its key was revoked", async () => {
      connection().sandbox.revoke(program.inputs.apiKey);
      expect(await connection().destroy()).toMatchObject({ passed: true, hasChanges: true, says: [], calls: [] });
      expect(await connection().state()).toBeUndefined();
    });
  });

  group("an unhealthy connection", (connection) => {
    row("is verified again at each up, though nothing changed, until it is healthy", async () => {
      const program = connection().program("unfunded-chat");
      await connection().deploy(program);
      expect(await connection().preview(program)).toMatchObject({ passed: true, hasChanges: true });
      const still = await connection().up(program);
      expect(still).toMatchObject({ passed: true, says: ["warning balance-insufficient"], calls: allCalls });
      expect(await connection().state()).toMatchObject({ status: "unfunded" });

      connection().sandbox.use(program.inputs.apiKey, "good");
      expect(await connection().up(program)).toMatchObject({
        passed: true,
        hasChanges: true,
        says: [],
        calls: allCalls,
      });
      const state = await connection().stored();
      expect(state).toMatchObject({ status: "valid" });
      expect(state).not.toHaveProperty("statusReason");
      expect(await connection().up(program)).toMatchObject({ hasChanges: false });
    });

    row("shows as drift at each refresh, until the service accepts the key again", async () => {
      const program = connection().program("good");
      const before = await connection().deploy(program);
      connection().sandbox.revoke(program.inputs.apiKey);
      const drift = { passed: true, hasChanges: true, says: ["warning key-rejected"] };
      expect(await connection().refresh()).toMatchObject({ ...drift, calls: freeCalls });
      // Only the test call may be able to find that an unhealthy connection is well again, so it is made if it can.
      expect(await connection().refresh()).toMatchObject({ ...drift, calls: freeCalls });
      expect(await connection().state()).toMatchObject({ status: "invalid" });
      connection().sandbox.use(program.inputs.apiKey, "good");
      expect(await connection().refresh()).toMatchObject({
        passed: true,
        hasChanges: false,
        says: [],
        calls: [...freeCalls, "POST /chat/completions"],
      });
      expect(await connection().state()).toEqual(before);
    });

    row("does not become valid by a refresh while the test call fails", async () => {
      const program = connection().program("unfunded-chat");
      const before = await connection().deploy(program);
      expect(before).toMatchObject({ status: "unfunded" });
      const seen = await connection().refresh();
      expect(seen).toMatchObject({ passed: true, says: ["warning balance-insufficient"] });
      expect(await connection().state()).toEqual(before);
    });
  });

  group("a change of", (connection) => {
    let program: Program | undefined;

    for (const [name, { requires, to }] of Object.entries(changes)) {
      const what = requires === "verify" ? "verifies the connection again" : "is stored without verifying again";
      row(`'${name}' ${what}`, async () => {
        program ??= connection().program("good");
        const before = (await connection().state()) ?? (await connection().deploy(program));
        const value = to(connection());
        const next = { inputs: { ...program.inputs, [name]: value } };
        const seen = await connection().up(next);
        expect(seen, seen.text).toMatchObject({ passed: true, hasChanges: true });
        const after = await connection().stored();
        expect(after[name]).toEqual(value);
        if (requires === "store") {
          expect(seen.calls).toEqual(freeCalls);
          expect(after).toEqual({ ...before, [name]: value });
        } else {
          expect(seen.calls).toEqual(value === "models" ? freeCalls : allCalls);
          expect(after["verifiedAt"]).not.toBe(before["verifiedAt"]);
        }
        program = next;
      });
    }

    row("no input causes no update", async () => {
      expect(Object.keys(changes).toSorted()).toEqual(inputNames.toSorted());
      expect(await connection().preview(program ?? expect.unreachable())).toMatchObject({
        passed: true,
        hasChanges: false,
      });
    });
  });

  group("the model", (connection) => {
    row("that was set is kept after it is removed from the program, and by a rotation too", async () => {
      await connection().deploy(connection().program("good", { defaultModel: "deepseek-v4-pro" }));
      await connection().deploy(connection().program("good"));
      expect(await connection().state()).toMatchObject({
        defaultModel: "deepseek-v4-pro",
        openai: { model: "deepseek-v4-pro" },
      });
    });

    row("is chosen again if the service no longer lists it", async () => {
      const program = connection().program("good");
      await connection().deploy(program);
      await connection().overwrite({ defaultModel: "retired" });
      expect(await connection().preview(program)).toMatchObject({ passed: true, hasChanges: true });
      expect(await connection().up(program)).toMatchObject({ passed: true, calls: allCalls });
      expect(await connection().state()).toMatchObject({ defaultModel: "deepseek-flash" });
    });

    row("that is not listed passes with a hint, since it may be an alias", async () => {
      const allowedModels = ["deepseek-flash", "an-alias"];
      const seen = await connection().up(connection().program("good", { allowedModels }));
      expect(seen).toMatchObject({ passed: true, says: ["info rotated", "warning model-unlisted"] });
      expect(seen.text).toContain("does not list an-alias. An alias works even if it is not listed.");
      expect(await connection().state()).toMatchObject({
        models: [{ id: "deepseek-flash" }, { id: "an-alias" }],
        defaultModel: "deepseek-flash",
      });
    });

    row("list is updated by a refresh if the service changes it", async () => {
      await connection().overwrite({ models: [{ id: "deepseek-flash" }] });
      await connection().refresh();
      expect(await connection().state()).toMatchObject({ models: [{ id: "deepseek-flash" }, { id: "an-alias" }] });
    });
  });

  group("verify: none", (connection) => {
    row("makes no calls and stores the connection as unverified, even with a rejected key", async () => {
      const program = connection().program("wrong-key", { verify: "none", allowedModels: ["a", "b"] });
      const quiet = { passed: true, says: [], calls: [] };
      expect(await connection().preview(program)).toMatchObject(quiet);
      expect(await connection().up(program)).toMatchObject(quiet);
      const state = await connection().stored();
      expect(state).toMatchObject({ status: "unverified", models: [{ id: "a" }, { id: "b" }], defaultModel: "a" });
      expect(state).not.toHaveProperty("verifiedAt");
      expect(await connection().refresh()).toMatchObject({ ...quiet, hasChanges: false });
      expect(await connection().preview(program)).toMatchObject({ ...quiet, hasChanges: false });
      expect(await connection().state()).toEqual(state);
    });

    row("reports no rotation when the key changes, and keeps the model that was chosen", async () => {
      const before = await connection().deploy(connection().program("good"));
      expect(before).toMatchObject({ status: "valid", defaultModel: "deepseek-flash" });
      const program = connection().program("wrong-key", { verify: "none" });
      const seen = await connection().up(program);
      expect(seen).toMatchObject({ passed: true, hasChanges: true, says: [], calls: [] });
      const state = await connection().stored();
      expect(state).toMatchObject({ status: "unverified", models: [], defaultModel: "deepseek-flash" });
      expect(state).not.toHaveProperty("verifiedAt");
      expect(await connection().preview(program)).toMatchObject({ passed: true, hasChanges: false });
    });

    row("in the stack's configuration overrides the program, with a warning, until it is removed", async () => {
      const program = connection().program("wrong-key");
      const overridden = await connection().up({ ...program, configuredVerify: "none" });
      expect(overridden).toMatchObject({ passed: true, says: ["warning verify-overridden"], calls: [] });
      expect(overridden.text).toMatch(
        /DeepSeekConnection 'main': .*sets deepseek:verify to 'none', which overrides .*'standard'/,
      );
      expect(await connection().state()).toMatchObject({ status: "unverified" });

      connection().sandbox.use(program.inputs.apiKey, "good");
      expect(await connection().up(program)).toMatchObject({
        passed: true,
        hasChanges: true,
        says: [],
        calls: allCalls,
      });
      expect(await connection().state()).toMatchObject({ status: "valid" });
    });

    row(
      "in the stack's configuration causes no warning if the program agrees, and an unknown value fails",
      async () => {
        const none = connection().program("good", { verify: "none" });
        expect(await connection().preview({ ...none, configuredVerify: "none" })).toMatchObject({
          passed: true,
          says: [],
        });
        const lax = await connection().preview({ ...connection().program("good"), configuredVerify: "lax" });
        expect(lax).toMatchObject({ passed: false, says: ["error argument-not-allowed", "warning verify-overridden"] });
        expect(lax.text).toContain(`verify: must be one of 'standard', 'strict', 'none' (got "lax")`);
      },
    );
  });

  group("a key from the environment", (connection) => {
    /** Verification is off, because the environment's key is used with DeepSeek's own address only. */
    const from = (ambientKey: string): Program => ({ inputs: { displayName: "main", verify: "none" }, ambientKey });

    row("that would replace the stored key causes a warning with both fingerprints", async () => {
      const [first, second] = [connection().key("good"), connection().key("good")];
      expect(await connection().up(from(first))).toMatchObject({ passed: true, says: [] });
      expect(await connection().state()).toMatchObject({ apiKey: first, keyFingerprint: keyFingerprint(first) });
      expect(await connection().preview(from(first))).toMatchObject({ hasChanges: false, says: [] });
      const seen = await connection().preview(from(second));
      expect(seen).toMatchObject({ passed: true, hasChanges: true, says: ["warning api-key-from-environment"] });
      expect(seen.text).toContain(
        `(fingerprint ${keyFingerprint(second)}) replaces the key in the state (fingerprint ${keyFingerprint(first)})`,
      );
    });

    row("is ignored without a warning if apiKey is set", async () => {
      const program = connection().program("good", { verify: "none" });
      expect(await connection().preview({ ...program, ambientKey: connection().key("good") })).toMatchObject({
        passed: true,
        says: [],
      });
    });
  });

  group("a key older than rotateAfterDays", (connection) => {
    row("passes with a warning that states its age, also with verify: none", async () => {
      const aged = { keyCreatedAt: "2020-01-01", rotateAfterDays: 90 };
      const seen = await connection().preview(connection().program("good", aged));
      expect(seen).toMatchObject({ passed: true, says: ["warning rotation-due"], calls: freeCalls });
      expect(seen.text).toMatch(/the key \(fingerprint [0-9a-f]{12}\) is \d{4} days old, and rotateAfterDays is 90\./);
      const unverified = connection().program("good", { ...aged, verify: "none" });
      expect(await connection().preview(unverified)).toMatchObject({ passed: true, says: ["warning rotation-due"] });
    });
  });

  group("headers", (connection) => {
    row("are sent with each call, are in the options for SDKs, and no command prints a value", async () => {
      const headers = { "X-Gateway-Token": connection().secretValue(), "x-gateway-provider": "deepseek" };
      const program = connection().program("good", { headers });
      expect(await connection().preview(program)).toMatchObject({ passed: true, says: [] });
      expect(await connection().up(program)).toMatchObject({ passed: true, says: [], calls: allCalls });
      expect(connection().received("x-gateway-token")).toEqual(new Set([headers["X-Gateway-Token"]]));
      expect(connection().received("x-gateway-provider")).toEqual(new Set(["deepseek"]));
      expect(await connection().state()).toMatchObject({
        headers,
        // A value that is an ordinary word removes nothing from the list.
        models: [{ id: "deepseek-flash" }, { id: "deepseek-v4-pro" }],
        openai: { defaultHeaders: headers },
      });
      const changed = { inputs: { ...program.inputs, headers: { ...headers, "x-gateway-provider": "other" } } };
      expect(await connection().preview(changed)).toMatchObject({ passed: true, hasChanges: true });
    });

    row("that must not be sent fail the preview, without a call and without a value", async () => {
      const headers = { authorization: connection().secretValue(), "x-gateway": `${connection().secretValue()}\n.` };
      const seen = await connection().preview(connection().program("good", { headers }));
      expect(seen).toMatchObject({
        passed: false,
        says: ["error header-authorization", "error header-value-characters"],
        calls: [],
      });
      expect(seen.text).toContain("headers.authorization: is not allowed");
    });

    row("whose value is also in another input fail the preview", async () => {
      const value = connection().secretValue();
      const program = connection().program("good", { headers: { "x-gateway": value }, displayName: `of ${value}` });
      expect(await connection().preview(program)).toMatchObject({
        passed: false,
        says: ["error header-value-misplaced"],
        calls: [],
      });
    });
  });

  group("plain http to another machine", (connection) => {
    const baseUrl = "http://gateway.internal.example:4000";

    row("fails without allowInsecureHttp, and the message names it", async () => {
      const seen = await connection().preview(connection().program("good", { baseUrl }));
      expect(seen).toMatchObject({ passed: false, says: ["error base-url-plain-http"], calls: [] });
      expect(seen.text).toContain("If the network is private, set allowInsecureHttp: true");
    });

    row("passes with it, and warns at each run, also with verify: none", async () => {
      const program = connection().program("good", { baseUrl, allowInsecureHttp: true, verify: "none" });
      const warned = { passed: true, says: ["warning http-insecure"], calls: [] };
      expect(await connection().preview(program)).toMatchObject(warned);
      expect(await connection().up(program)).toMatchObject(warned);
      expect(await connection().up(program)).toMatchObject({ ...warned, hasChanges: false });
      expect(await connection().state()).toMatchObject({
        baseUrl,
        allowInsecureHttp: true,
        openai: { baseURL: baseUrl },
      });
    });
  });

  group("a service that recovers", (connection) => {
    row("is called up to maxAttempts times", async () => {
      const recovering = connection().program("overloaded-then-well", { maxAttempts: 2 });
      expect(await connection().up(recovering)).toMatchObject({ passed: true, says: [] });
      const busy = connection().program("overloaded", { maxAttempts: 2 });
      expect(await connection().up(busy)).toMatchObject({ passed: false });
      const lists = connection().requests.filter((request) => request === "GET /models");
      expect(lists).toHaveLength(probesBeforeUpdate ? 4 : 2);
    });
  });

  group("inputs", (connection) => {
    const wrong = { apiKey: "a b", baseUrl: "ftp://host", verify: "lax", maxAttempts: 0, region: "eu" };

    row("that are wrong fail the preview with all problems at once, without a call", async () => {
      const seen = await connection().preview({ inputs: { displayName: "main", ...wrong } });
      expect(seen).toMatchObject({
        passed: false,
        says: [
          "error api-key-whitespace",
          "error argument-not-allowed",
          "error argument-out-of-range",
          "error argument-unknown",
          "error base-url-scheme",
        ],
        calls: [],
      });
      for (const name of Object.keys(wrong)) expect(seen.text).toContain(`${name}: `);
    });

    row("that are wrong change nothing at up", async () => {
      const seen = await connection().up(connection().program("good", { maxAttempts: 0 }));
      expect(seen).toMatchObject({ passed: false, says: ["error argument-out-of-range"], calls: [] });
      expect(await connection().state()).toBeUndefined();
    });

    row("without a key fail, and the message says how to set one", async () => {
      const { inputs } = connection().program("good", { apiKey: undefined });
      const seen = await connection().preview({ inputs });
      expect(seen).toMatchObject({ passed: false, says: ["error argument-type"], calls: [] });
      expect(seen.text).toMatch(
        /apiKey: is missing\. .*DEEPSEEK_API_KEY, which is used with the default base URL only/,
      );
    });

    row("that are not known yet pass the preview without a call, and are verified at up", async () => {
      const program = { ...connection().program("good"), unknown: ["apiKey"] };
      const seen = await connection().preview(program);
      expect(seen).toMatchObject({ passed: true, hasChanges: true, says: [], calls: [] });
      expect(await connection().up(program)).toMatchObject({ passed: true, says: [], calls: allCalls });
      expect(await connection().state()).toMatchObject({ apiKey: program.inputs.apiKey, status: "valid" });
    });

    row("that are not known yet count as a change, and do not hide problems with the others", async () => {
      const later = { ...connection().program("good"), unknown: ["apiKey"] };
      expect(await connection().preview(later)).toMatchObject({ passed: true, hasChanges: true, calls: [] });
      const seen = await connection().preview({
        ...connection().program("good", { maxAttempts: 0 }),
        unknown: ["apiKey"],
      });
      expect(seen).toMatchObject({ passed: false, says: ["error argument-out-of-range"], calls: [] });
    });
  });

  group("what another version of the package stored", (connection) => {
    for (const [how, change] of [
      ["in a different form", { models: "none" }],
      ["with an input that does not exist today", { verify: "someday" }],
    ] as const) {
      row(`${how} is not changed by a refresh, and is verified and stored again by the next up`, async () => {
        const program = connection().program("good");
        await connection().deploy(program);
        await connection().overwrite(change);
        const before = await connection().stored();
        expect(before).toMatchObject(change);
        expect(await connection().refresh()).toMatchObject({ passed: true, says: [], calls: [] });
        expect(await connection().state()).toEqual(before);
        expect(await connection().preview(program)).toMatchObject({ passed: true, hasChanges: true });
        expect(await connection().up(program)).toMatchObject({ passed: true, says: [], calls: allCalls });
        expect(await connection().state()).toMatchObject({ status: "valid", models: [{ id: "deepseek-flash" }, {}] });
        expect(await connection().preview(program)).toMatchObject({ hasChanges: false });
      });
    }
  });
}
