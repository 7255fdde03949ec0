import { describe, expect, it } from "vitest";
import { runCommand } from "../../examples/demo/engine/command.ts";
import { findExecutable, searchPath } from "../../examples/demo/engine/locate.ts";
import { nodeProblem } from "../../provider/node-version.ts";
import { environment, program } from "./support/run.ts";

const message = (path: string, version: string) =>
  `pulumi-deepseek needs Node.js 22.19.0 or newer, and ${path} is Node.js ${version}. ` +
  "Install a newer Node.js, put it first on the PATH, and run the command again. [node-too-old]";

const problemOf = (version: string) => nodeProblem("pulumi-deepseek", "22.19.0", version);

describe("the version of Node.js", () => {
  it.each(["22.19.0", "22.20.1", "24.0.0", "100.0.0", process.versions.node])("%s is sufficient", (version) => {
    expect(problemOf(version)).toBeUndefined();
  });

  it.each(["22.18.0", "22.9.1", "20.20.2", "8.0.0"])("%s is too old, and the message says what to do", (version) => {
    expect(problemOf(version)).toBe(message(process.execPath, version));
  });
});

/** The machine's own Node, which is not the one of the npm package that runs the tests. */
const own = (await findExecutable("node", searchPath(process.env))) ?? process.execPath;
const { stdout } = await runCommand(own, ["--version"], { env: environment() });
const version = stdout.trim().replace(/^v/, "");

// On a machine without an old Node there is no such test: in CI, a skipped test counts as failed.
if (problemOf(version) !== undefined) {
  describe(`on this machine's own Node.js ${version}`, () => {
    it.each(["check", "models --json", "rehearse", "sandbox", "--help", ""])(
      "'pulumi-deepseek %s' prints one sentence and exits with code 2",
      async (typed) => {
        const parameters = [program, ...typed.split(" ").filter(Boolean)];
        const { code, stdout, stderr } = await runCommand(own, parameters, { env: environment() });
        expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
        expect(stderr).toBe(`error: ${message(own, version)}\n`);
      },
    );
  });
}
