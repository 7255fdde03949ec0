import { describeUpdate } from "./killed.ts";
import { dynamicShell } from "./shells.ts";

describeUpdate(dynamicShell());
