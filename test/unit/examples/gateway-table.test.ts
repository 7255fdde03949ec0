import { expect, it } from "vitest";
import type { Profile } from "../../../provider/sandbox/profile.ts";
import { type ProfileName, profileNames, profiles } from "../../../provider/sandbox/profiles.ts";
import { rowsOf } from "../../support/markdown.ts";
import { read } from "../../support/repository.ts";

/* The table of services in examples/gateway/README.md states the facts that the sandbox's profiles have. */

const rows = rowsOf(read("examples/gateway/README.md"), "What proves a key where").map((row) => {
  const [, , baseUrl = "", proof = "", differs = "", profile = ""] = row.split("|").map((cell) => cell.trim());
  return { profile: profile.replaceAll("`", "") as ProfileName, baseUrl, proof, differs };
});

it("the table of services has a row for each profile, in the order of the profiles' help", () => {
  expect(rows.map(({ profile }) => profile)).toEqual(profileNames);
});

it.each(rows)(
  "the table's row for $profile has the profile's address and proof, and the status of used-up funds",
  ({ profile, baseUrl, proof, differs }) => {
    const { baseUrl: known, hasPublicList, refusals, routing }: Profile = profiles[profile];
    const isExample = /^https:\/\/[^/]*example\.com\//.test(known) || routing !== undefined;
    expect(baseUrl).toContain(isExample ? "your host" : `\`${known}\``);
    expect(proof.startsWith("test call")).toBe(hasPublicList === true);
    // What a wrong key gets is known, but not what a request without one gets.
    expect(proof.includes("¹")).toBe(["azure", "siliconflow", "dashscope"].includes(profile));
    expect(differs.includes("refuses `thinking`")).toBe(refusals.thinking !== undefined);
    if (refusals.unfunded !== undefined && !["deepseek", "new-api", "portkey"].includes(profile)) {
      expect(differs).toContain(String(refusals.unfunded.status));
    }
  },
);

it("the documents state how many services there are", () => {
  const count = `${profileNames.length} services`;
  for (const document of ["README.md", "provider/GUIDE.md", "CHANGELOG.md"]) expect(read(document)).toContain(count);
});
