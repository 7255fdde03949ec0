import { describe } from "vitest";
import { crashCase } from "./case.ts";
import { crashProgram, upDuring } from "./interfere.ts";
import type { Moment, Moments } from "./moments.ts";
import { ending, recover } from "./recovery.ts";
import { stage } from "./stage.ts";

/* The network goes in the middle of a `pulumi up`, and is back for the next one. */

const points: readonly (readonly [string, (moments: Moments) => Moment])[] = [
  ["once the program has probed ahead", (moments) => moments.asked("GET /models", 2)],
  ["during the test call", (moments) => moments.asked("POST /chat/completions", 1)],
];

describe.concurrent.each([
  ["create", "fails; nothing; up; new"],
  ["update", "fails; old; up; new"],
] as const)("%s", (operation, expected) => {
  describe("the network is gone", () => {
    for (const [when, momentOf] of points) {
      crashCase(when, expected, async () => {
        await using scene = await stage(operation, crashProgram("maxAttempts: 1"));
        const broken = await upDuring(momentOf(scene.moments), scene.stack, () => scene.cutNetwork());
        await scene.mendNetwork();
        return `${ending(broken)}; ${await recover(scene, [broken])}`;
      });
    }
  });
});
