import { check } from "../claims.ts";
import type { DemoStack } from "../demo-stack.ts";
import { readConnection } from "../deployed-connection.ts";
import { say, showOutput, verified } from "../narration.ts";
import { disguises, type Searched, search } from "../search.ts";

/** Number of characters of the ciphertext to show: enough to recognize it, far too few to decrypt it. */
const shownCiphertext = 40;

export async function searchForTheKey({ keys, fingerprint, workspace }: DemoStack): Promise<void> {
  say(
    "Pulumi has written state, backups, history, settings and logs. The demo searches every one of these files for the key: plain, in base64 and in hex. These files contain encrypted values:\n",
  );
  const files = await workspace.files();
  const found = search(files, disguises(keys.good));
  const encrypted = search(files, ["v1:"]).filter(({ path, occurrences }) => occurrences > 0 && isOurs(path));
  showOutput(table(found.filter(({ path }) => encrypted.some((each) => each.path === path))));

  const leaks = found.filter(({ occurrences }) => occurrences > 0);
  check("No file contains the key.", leaks.length === 0, table(leaks));
  const marks = search(files, [fingerprint(keys.good)]).reduce((sum, { occurrences }) => sum + occurrences, 0);
  check("The search finds the key's fingerprint, which is there.", marks > 0, table(found));
  const ciphertext = (await readConnection(workspace))?.apiKey.ciphertext ?? "";
  check("The state contains a ciphertext instead of the key.", ciphertext.startsWith("v1:"), await workspace.state());
  const { openai } = await workspace.outputs({ showSecrets: true });
  check("The decrypted ciphertext is the key.", isKeyOf(openai, keys.good), "(not shown)");

  say(
    `\nInstead of the key, the state contains: "apiKey": { "ciphertext": "${ciphertext.slice(0, shownCiphertext)}…" }`,
  );
  const bytes = found.reduce((sum, each) => sum + each.bytes, 0);
  verified(
    `${found.length} files, ${bytes.toLocaleString("en")} bytes: 0 occurrences of the key. (The same search finds its fingerprint ${marks} times. Decrypted with the passphrase, the ciphertext is the key.)`,
  );
}

/** Whether a file belongs to the stack. The CLI's logs and the program's files do not, but are searched too. */
function isOurs(path: string): boolean {
  return path.startsWith("backend") || path.endsWith(".yaml");
}

function isKeyOf(openai: unknown, key: string): boolean {
  return typeof openai === "object" && openai !== null && "apiKey" in openai && openai.apiKey === key;
}

function table(rows: readonly Searched[]): string {
  const lines = rows.map(({ path, bytes, occurrences }) => [bytes, occurrences, path] as const);
  const row = (bytes: unknown, key: unknown, path: string) =>
    `${String(bytes).padStart(7)}  ${String(key).padStart(3)}  ${path}`;
  return [row("BYTES", "KEY", "FILE"), ...lines.map((line) => row(...line))].join("\n");
}
