/**
 * Lists the contents of each store as lines "service.store: key", from the files that ministack writes. Each file has the
 * stores of one service, and each store is a table by account, Region and key.
 */
export function inventory(files: ReadonlyMap<string, Buffer>): Set<string> {
  const lines = new Set<string>();
  for (const [path, content] of files) {
    const service = /^stores\/(.+)\.json$/.exec(path)?.[1];
    if (service === undefined) continue;
    const { payload } = JSON.parse(content.toString()) as { payload: Readonly<Record<string, unknown>> };
    for (const [store, table] of Object.entries(payload)) {
      for (const key of keysOf(table)) lines.add(`${service}.${store}: ${key}`);
    }
  }
  return lines;
}

function keysOf(table: unknown): string[] {
  if (typeof table !== "object" || table === null) return [];
  const { data } = table as { data?: object };
  // Account, Region and the key as Python writes it, separated by NUL.
  return Object.keys(data ?? table).map((key) => (key.split("\0").at(-1) ?? "").replace(/^'(.*)'$/, "$1"));
}
