import { clouds } from "./profiles/clouds.ts";
import { deepSeek } from "./profiles/deepseek.ts";
import { gateways } from "./profiles/gateways.ts";
import { localServers } from "./profiles/local-servers.ts";

/** Every service that the sandbox can stand in for. To add one, add an entry to one of these tables. */
export const profiles = { deepseek: deepSeek, ...gateways, ...clouds, ...localServers };

export type ProfileName = keyof typeof profiles;

export const profileNames = Object.keys(profiles) as ProfileName[];
