import { describeCreate } from "./killed.ts";
import { pluginShell } from "./shells.ts";

describeCreate(pluginShell);
