import { describeCreate } from "./killed.ts";
import { dynamicShell } from "./shells.ts";

describeCreate(dynamicShell());
