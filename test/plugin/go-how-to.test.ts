import { followHowTo } from "./how-to.ts";

followHowTo("Go", "go");
