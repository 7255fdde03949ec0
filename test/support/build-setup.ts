/** Builds the package, since almost all tests load it as installed: in the engine, the command line and Node's workers. */
export { buildPackage as setup } from "../../examples/demo/engine/package.ts";
