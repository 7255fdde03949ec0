import type { HttpResponse } from "../../../../../provider/deepseek/http.ts";

/** A response for a transport that a test makes itself, with its body in one piece. @param headers by lower-case name */
export function responseOf(status: number, text: string, headers: Readonly<Record<string, string>> = {}): HttpResponse {
  return { status, header: (name) => headers[name], body: oneChunk(text) };
}

async function* oneChunk(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
