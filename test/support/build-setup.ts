/** Almost all tests need the package as it is installed, hence built: the engine, the command line and Node's workers load it. */
export { buildPackage as setup } from "../../examples/demo/engine/package.ts";
