import { RunError } from "@pulumi/pulumi";

/*
 * Imported first by what a user imports. `@pulumi/aws` is an optional peer, since connections do without it; Node's own
 * words on its absence would name a file of this package instead of what to do.
 */

try {
  require.resolve("@pulumi/aws");
} catch {
  throw new RunError(
    "'pulumi-deepseek/monitor' deploys resources of '@pulumi/aws', which is not installed: add it to the dependencies " +
      "in the program's own package.json ('npm install @pulumi/aws@7').",
  );
}
