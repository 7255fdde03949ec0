import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { freshKey } from "../support/keys.ts";
import { findLeaks } from "../support/leaks.ts";
import { processesWith, showsProcesses } from "../support/process-search.ts";
import { FREE_CALLS, TEST_CALLS } from "./budget.ts";
import { type ChangeableReply, startChangedSandbox } from "./changed-sandbox.ts";
import { startVerification } from "./run.ts";

/* `npm run verify:real` as a person runs it, with a changed sandbox in place of DeepSeek. */

async function start(change: (call: string, reply: ChangeableReply) => void = () => {}) {
  const key = freshKey();
  const service = await startChangedSandbox(key, change);
  onTestFinished(() => service[Symbol.asyncDispose]());
  const temporary = await mkdtemp(join(tmpdir(), "verify-real-"));
  onTestFinished(() => rm(temporary, { recursive: true, force: true }));
  const env = { DEEPSEEK_API_KEY: key, VERIFY_REAL_BASE_URL: service.url, TMPDIR: temporary };
  return { key, service, temporary, ...startVerification(env) };
}

/** A field has another name, a status is another, and a header is gone. */
function changeThree(call: string, reply: ChangeableReply): void {
  if (call === "GET /user/balance") {
    const renamed = JSON.stringify(reply.body).replaceAll('"granted_balance"', '"gift_balance"');
    reply.body = JSON.parse(renamed);
  }
  const isRefusedKey = reply.status === 401 && typeof reply.body === "object";
  if (call === "GET /models" && isRefusedKey) reply.status = 403;
  if (call === "POST /chat/completions" && reply.status === 200) reply.headers.delete("x-ds-trace-id");
}

test("a renamed field, a changed status and a missing x-ds-trace-id are reported as exactly these three", async () => {
  const { child, output, key } = await start(changeThree);
  const [code] = await once(child, "close");
  expect(output().match(/^- .*/gm)).toEqual([
    "- GET /user/balance, balance_infos[].granted_balance: sandbox: string; service: renamed to balance_infos[].gift_balance",
    "- POST /chat/completions, header x-ds-trace-id: sandbox: present; service: missing",
    "- GET /models with a wrong key, status: sandbox: 401; service: 403",
  ]);
  expect(output()).toContain("Steps that failed: 0. Differences: 3.");
  expect(output()).not.toContain("✗");
  expect(code).toBe(1);
  expect(findLeaks(key, [["output", output()]])).toEqual([]);
});

test("an unchanged service passes each step without a difference, with no more calls than it says", async () => {
  const { child, output, key, service, temporary } = await start();
  const [code] = await once(child, "close");
  expect({ code, output: output() }).toMatchObject({
    code: 0,
    output: expect.stringMatching(/\n\nSteps that failed: 0\. Differences: 0\.\n$/),
  });
  const steps = [
    "pulumi-deepseek check",
    "pulumi preview",
    "pulumi up",
    "pulumi refresh",
    "pulumi destroy",
    "function",
  ];
  for (const step of steps) expect(output()).toContain(step);
  // A local server gets the test call with the unknown model once more, without the field `thinking`.
  const chats = service.requests.filter((call) => call === "POST /chat/completions").length;
  expect(chats).toBe(TEST_CALLS + 1);
  expect(service.requests.length - chats).toBeLessThanOrEqual(FREE_CALLS);
  expect(findLeaks(key, [["output", output()]])).toEqual([]);
  expect(await readdir(temporary)).toEqual([]);
});

test("a key that the service rejects fails the check, and what needs a valid key is skipped", async () => {
  const { child, output, key } = await start((_, reply) => {
    if (reply.status === 200) Object.assign(reply, { status: 401, body: { error: { message: "no" } } });
  });
  const [code] = await once(child, "close");
  expect(code).toBe(1);
  expect(output()).toContain("✗ The verdict on this key is invalid.");
  expect(output()).toContain("Steps that failed: 3.");
  expect(output()).not.toContain("pulumi up");
  expect(findLeaks(key, [["output", output()]])).toEqual([]);
});

test("a service that fails later fails the step that notices it, with the cause", async () => {
  let chats = 0;
  // The test calls of `check` and of `pulumi up` are the first two.
  const { child, output, key } = await start((call, reply) => {
    if (call !== "POST /chat/completions") return;
    chats += 1;
    if (chats > 2) Object.assign(reply, { status: 404, body: { error: { message: "gone" } } });
  });
  const [code] = await once(child, "close");
  expect(code).toBe(1);
  expect(output()).toMatch(
    /✗ The monitor's function reports: .* answered POST \/chat\/completions with HTTP 404: "gone" /,
  );
  expect(output()).toContain("Steps that failed: 1.");
  expect(findLeaks(key, [["output", output()]])).toEqual([]);
});

test("Ctrl-C stops everything that it started, none of which inherits the key's variable", async () => {
  const { child, output, key, temporary } = await start();
  await vi.waitFor(() => expect(output()).toContain("pulumi up …"), { timeout: 90_000, interval: 50 });
  await delay(2_000); // By now the engine has started its plugins.
  if (showsProcesses) {
    expect(processesWith(temporary).length).toBeGreaterThan(1);
    expect(processesWith(`DEEPSEEK_API_KEY=${key}`)).toEqual([String(child.pid)]);
  }
  expect(await readdir(temporary)).not.toEqual([]);

  child.kill("SIGINT");
  const [code] = await once(child, "close");
  expect(code).toBe(130);
  await vi.waitFor(() => expect(processesWith(temporary)).toEqual([]), { timeout: 10_000 });
  expect((await readdir(temporary)).filter((name) => name.startsWith("pulumi"))).toEqual([]);
});
