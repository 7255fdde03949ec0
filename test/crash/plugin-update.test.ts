import { describeUpdate } from "./killed.ts";
import { pluginShell } from "./shells.ts";

describeUpdate(pluginShell);
