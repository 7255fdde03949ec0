import { RunError } from "@pulumi/pulumi";

/*
 * Imported before everything else. `@pulumi/aws` is an optional peer dependency, since connections do not need it. If it is
 * missing, Node's own error would name a file of this package instead of what to do.
 */

try {
  require.resolve("@pulumi/aws");
} catch {
  throw new RunError(
    "'pulumi-deepseek/monitor' needs '@pulumi/aws', which is not installed. Add it to the dependencies in the program's own " +
      "package.json: run 'npm install @pulumi/aws@7'.",
  );
}
