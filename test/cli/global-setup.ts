/** What is tested is the program as it is installed, hence built. */
export { buildPackage as setup } from "../engine/package.ts";
