/** What is tested is the program as it is installed, hence built. */
export { buildPackage as setup } from "../../examples/demo/engine/package.ts";
