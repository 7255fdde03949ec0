import type { Http } from "./transport.ts";

/** Node's built-in `fetch` as a transport: for places where each kilobyte counts, such as a Lambda. */
export const fetchHttp: Http = async ({ method, url, headers, body, signal }) => {
  const response = await fetch(url, { method, headers, body: body ?? null, signal, redirect: "manual" });
  return {
    status: response.status,
    header: (name) => response.headers.get(name) ?? undefined,
    body: response.body ?? noBody(),
  };
};

async function* noBody(): AsyncGenerator<Uint8Array> {}
