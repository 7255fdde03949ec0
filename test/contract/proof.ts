import { expect } from "vitest";
import { allCalls, freeCalls, type ProgramWithKey } from "./connection-under-test.ts";
import type { Groups } from "./groups.ts";

/** An alias that DeepSeek accepts and does not list. */
const alias = "deepseek-v4-flash";

/** Declares the rows about connections that the free calls do not prove. */
export function proofRows({ group, row }: Groups): void {
  group(
    "a gateway that lists its models to anyone",
    (connection) => {
      let program: ProgramWithKey;

      row("is verified with the test call at preview, and is stored as valid", async () => {
        program = connection().program("gateway");
        const seen = { passed: true, says: [], calls: allCalls };
        expect(await connection().preview(program)).toMatchObject({ ...seen, hasChanges: true });
        expect(await connection().up(program)).toMatchObject({ ...seen, hasChanges: true });
        expect(await connection().state()).toMatchObject({ status: "valid", servedModel: "deepseek-flash" });
        expect(await connection().preview(program)).toMatchObject({ ...seen, hasChanges: false });
      });

      row("fails at preview if it rejects the key, and nothing changes at up", async () => {
        const before = await connection().state();
        const rejected = connection().program("wrong-key");
        const seen = { passed: false, says: ["error key-rejected"], calls: allCalls };
        expect(await connection().preview(rejected)).toMatchObject(seen);
        expect(await connection().up(rejected)).toMatchObject(seen);
        expect(await connection().state()).toEqual(before);
      });

      row("shows at refresh that its key was revoked, until it accepts the key again", async () => {
        const before = await connection().deploy(program);
        connection().sandbox.revoke(program.inputs.apiKey);
        const drift = { passed: true, hasChanges: true, says: ["warning key-rejected"] };
        expect(await connection().refresh()).toMatchObject({ ...drift, calls: allCalls });
        expect(await connection().refresh()).toMatchObject(drift);
        expect(await connection().state()).toMatchObject({ status: "invalid" });
        connection().sandbox.use(program.inputs.apiKey, "gateway");
        expect(await connection().refresh()).toMatchObject({ passed: true, hasChanges: false, says: [] });
        expect(await connection().state()).toEqual(before);
      });
    },
    { publicModels: true },
  );

  group(
    "a gateway that lists its models to anyone, with testCall: models,",
    (connection) => {
      let program: ProgramWithKey;
      const reason = /did not refuse its list of models to a request without a key.*Set testCall to 'chat'/;
      const warned = { passed: true, says: ["warning key-unproven"], calls: freeCalls };

      row("warns at preview and at create, and is stored as unverified with the reason", async () => {
        program = connection().program("gateway", { testCall: "models" });
        const previewed = await connection().preview(program);
        expect(previewed).toMatchObject({ ...warned, hasChanges: true });
        expect(previewed.text).toMatch(reason);
        expect(await connection().up(program)).toMatchObject({ ...warned, hasChanges: true });
        expect(await connection().state()).toMatchObject({
          status: "unverified",
          statusReason: expect.stringMatching(reason),
          models: [{ id: "deepseek-flash" }, { id: "deepseek-v4-pro" }],
        });
      });

      row("is not updated again while nothing changes", async () => {
        await connection().deploy(program);
        expect(await connection().preview(program)).toMatchObject({ ...warned, hasChanges: false });
        expect(await connection().up(program)).toMatchObject({ ...warned, hasChanges: false });
      });

      row("never becomes valid by a refresh, whether its key works or not", async () => {
        const before = await connection().deploy(program);
        for (const scenario of ["gateway", "wrong-key"] as const) {
          connection().sandbox.use(program.inputs.apiKey, scenario);
          expect(await connection().refresh()).toMatchObject({ ...warned, hasChanges: false });
          expect(await connection().state()).toEqual(before);
        }
      });

      row("fails under verify: strict", async () => {
        const strict = connection().program("gateway", { testCall: "models", verify: "strict" });
        const seen = { passed: false, says: ["error key-unproven"], calls: freeCalls };
        expect(await connection().preview(strict)).toMatchObject(seen);
        expect(await connection().up(strict)).toMatchObject(seen);
      });

      row("is verified when the test call is allowed", async () => {
        connection().sandbox.use(program.inputs.apiKey, "gateway");
        const { testCall: _, ...inputs } = program.inputs as typeof program.inputs & { testCall: string };
        const seen = await connection().up({ inputs });
        expect(seen).toMatchObject({ passed: true, hasChanges: true, says: [], calls: allCalls });
        const state = await connection().stored();
        expect(state).toMatchObject({ status: "valid" });
        expect(state).not.toHaveProperty("statusReason");
      });
    },
    { publicModels: true },
  );

  group("a default model that the service does not list", (connection) => {
    let program: ProgramWithKey;

    row("is verified with the test call at preview", async () => {
      program = connection().program("good", { defaultModel: alias });
      const seen = { passed: true, says: [], calls: allCalls };
      expect(await connection().preview(program)).toMatchObject(seen);
      expect(await connection().up(program)).toMatchObject(seen);
      expect(await connection().state()).toMatchObject({ defaultModel: alias, servedModel: "deepseek-flash" });
    });

    row("fails at preview if the service refuses it", async () => {
      const unknown = connection().program("good", { defaultModel: "deepseek-typo" });
      const seen = await connection().preview(unknown);
      expect(seen).toMatchObject({
        passed: false,
        says: ["error model-refused", "warning model-unlisted"],
        calls: allCalls,
      });
      expect(seen.text).toContain("Check defaultModel 'deepseek-typo'.");
    });

    row("shows as misconfigured at refresh once it is retired, with the names that are listed", async () => {
      const before = await connection().deploy(program);
      connection().sandbox.use(program.inputs.apiKey, "retired-model");
      const seen = await connection().refresh();
      expect(seen).toMatchObject({
        passed: true,
        hasChanges: true,
        says: ["warning model-refused"],
        calls: allCalls,
      });
      expect(await connection().state()).toEqual({
        ...before,
        status: "misconfigured",
        statusReason: expect.stringContaining(
          `Check defaultModel '${alias}'. The service lists deepseek-flash, deepseek-v4-pro.`,
        ),
      });
    });

    row("is stored as unverified with testCall: models, and the reason names it", async () => {
      const untested = connection().program("good", { defaultModel: alias, testCall: "models" });
      const seen = await connection().up(untested);
      expect(seen).toMatchObject({ passed: true, calls: freeCalls });
      expect(seen.says).toContain("warning model-unproven");
      expect(await connection().state()).toMatchObject({
        status: "unverified",
        statusReason: expect.stringContaining(`does not list '${alias}'`),
      });
    });
  });

  group("a service without a list of models", (connection) => {
    row("is verified with the test call if a model is set, which is then the only model", async () => {
      const program = connection().program("no-list", { defaultModel: alias });
      const seen = { passed: true, says: [], calls: allCalls };
      expect(await connection().preview(program)).toMatchObject(seen);
      expect(await connection().up(program)).toMatchObject(seen);
      expect(await connection().state()).toMatchObject({ status: "valid", models: [{ id: alias }] });
      expect(await connection().refresh()).toMatchObject({ ...seen, hasChanges: false });
    });

    row("has the models of allowedModels, and its default model is the first of them", async () => {
      const allowedModels = ["deepseek-v4-pro", "deepseek-flash"];
      const seen = await connection().up(connection().program("no-list", { allowedModels }));
      expect(seen).toMatchObject({ passed: true, calls: allCalls });
      expect(await connection().state()).toMatchObject({
        status: "valid",
        models: [{ id: "deepseek-v4-pro" }, { id: "deepseek-flash" }],
        defaultModel: "deepseek-v4-pro",
      });
    });

    row("fails without a model, and the message says to set one", async () => {
      const seen = await connection().preview(connection().program("no-list"));
      expect(seen).toMatchObject({ passed: false, says: ["error base-url-refused"], calls: freeCalls });
      expect(seen.text).toContain("If the service has no list of models, set defaultModel.");
    });

    row("is stored as unverified with testCall: models", async () => {
      const seen = await connection().up(connection().program("no-list", { defaultModel: alias, testCall: "models" }));
      expect(seen.passed).toBe(true);
      expect(seen.says).toContain("warning key-unproven-without-list");
      expect(await connection().state()).toMatchObject({ status: "unverified" });
    });
  });
}
