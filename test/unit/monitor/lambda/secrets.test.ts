import { expect, test } from "vitest";
import { SecretUnreadableError } from "../../../../monitor/lambda/secret-problems.ts";
import { type Secret, SecretCache } from "../../../../monitor/lambda/secrets.ts";
import { systemClock } from "../../../../provider/deepseek/retry.ts";

const MINUTE = 60_000;

/** A cache over a store that counts reads and ends them on demand. */
function counted() {
  const reads: { readonly arn: string; readonly end: (value: string) => void; readonly fail: () => void }[] = [];
  let now = 0;
  const read = (arn: string) =>
    new Promise<Secret>((resolve, reject) => {
      const end = (value: string) => resolve({ value, createdAt: new Date(0) });
      reads.push({ arn, end, fail: () => reject(SecretUnreadableError.of("secret-not-found")) });
    });
  const cache = new SecretCache(read, { ...systemClock, now: () => now });
  return { cache, reads, wait: (ms: number) => (now += ms) };
}

test("a secret is read once in five minutes", async () => {
  const { cache, reads, wait } = counted();
  const first = cache.get("a");
  reads[0]?.end("one");
  expect((await first).value).toBe("one");
  wait(5 * MINUTE - 1);
  expect((await cache.get("a")).value).toBe("one");
  wait(1);
  const second = cache.get("a");
  reads[1]?.end("two");
  expect((await second).value).toBe("two");
  expect(reads).toHaveLength(2);
});

test("different secrets are cached separately", async () => {
  const { cache, reads } = counted();
  const both = Promise.all([cache.get("a"), cache.get("b")]);
  for (const { arn, end } of reads) end(`value of ${arn}`);
  expect((await both).map(({ value }) => value)).toEqual(["value of a", "value of b"]);
});

test("reread bypasses the cache and updates it", async () => {
  const { cache, reads, wait } = counted();
  const first = cache.get("a");
  reads[0]?.end("old");
  await first;
  wait(4 * MINUTE);
  const again = cache.reread("a");
  reads[1]?.end("new");
  expect((await again).value).toBe("new");
  wait(4 * MINUTE);
  expect((await cache.get("a")).value).toBe("new");
  expect(reads).toHaveLength(2);
});

test("simultaneous requests share one read", async () => {
  const { cache, reads } = counted();
  const all = Promise.all([cache.get("a"), cache.get("a"), cache.reread("a")]);
  reads[0]?.end("one");
  expect(new Set((await all).map(({ value }) => value))).toEqual(new Set(["one"]));
  expect(reads).toHaveLength(1);
});

test("failures are not cached", async () => {
  const { cache, reads } = counted();
  const first = cache.get("a");
  reads[0]?.fail();
  await expect(first).rejects.toThrow("ResourceNotFoundException");
  const second = cache.get("a");
  reads[1]?.end("one");
  expect((await second).value).toBe("one");
});
