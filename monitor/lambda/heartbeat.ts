import { faultOf, type Http, readText, withDeadline } from "../../provider/deepseek/transport.ts";

/** In milliseconds: it runs in the reserve after a run. */
const TIMEOUT_MS = 3_000;

/** Tells an outside watcher that a run was complete. Resolves to what went wrong, or to nothing. */
export async function beat(url: string, http: Http): Promise<string | undefined> {
  try {
    return await withDeadline(TIMEOUT_MS, async ({ signal }) => {
      const response = await http({ method: "GET", url, headers: {}, signal });
      await readText(response.body);
      return response.status >= 200 && response.status < 300 ? undefined : `answered HTTP ${response.status}`;
    });
  } catch (error) {
    return `could not be reached (${faultOf(error)})`;
  }
}
