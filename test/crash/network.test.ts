import { describe } from "vitest";
import { crashCase } from "./case.ts";
import { crashStack } from "./crash-stack.ts";
import { upDuring } from "./interfere.ts";
import type { Moment, Moments } from "./moments.ts";
import { ending, recover } from "./recovery.ts";
import { dynamicShell } from "./shells.ts";

/* The network fails during a `pulumi up`, and works again for the next one. */

const points: readonly (readonly [string, (moments: Moments) => Moment])[] = [
  ["after the program has made its preflight probes", (moments) => moments.asked("GET /models", 2)],
  ["during the test call", (moments) => moments.asked("POST /chat/completions", 1)],
];

describe.concurrent.each([
  ["create", "fails; nothing; up; new"],
  ["update", "fails; old; up; new"],
] as const)("%s", (operation, expected) => {
  describe("the network fails", () => {
    for (const [when, momentOf] of points) {
      crashCase(when, expected, async () => {
        await using crash = await crashStack(operation, dynamicShell("maxAttempts: 1"));
        const broken = await upDuring(momentOf(crash.moments), crash.stack, () => crash.cutNetwork());
        await crash.mendNetwork();
        return `${ending(broken)}; ${await recover(crash, [broken])}`;
      });
    }
  });
});
