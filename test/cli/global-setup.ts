/** Builds the package, because these tests run the program as it is installed. */
export { buildPackage as setup } from "../../examples/demo/engine/package.ts";
