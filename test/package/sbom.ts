import { npm } from "../support/npm.ts";
import { shippedPackage } from "./shipped.ts";

/* `npm run sbom`: the bill of materials of the published package, as CycloneDX. */

using shipped = await shippedPackage();
process.stdout.write(
  npm(shipped.folder, "sbom", "--package-lock-only", "--sbom-format", "cyclonedx", "--sbom-type", "library"),
);
