/** Thrown when a call of the engine cannot be answered. The engine prints its text, which contains no key. */
export class PluginError extends Error {}
