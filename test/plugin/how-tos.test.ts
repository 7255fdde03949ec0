import { followHowTo } from "./how-to.ts";

followHowTo("YAML", "yaml");
followHowTo("Python", "python");
