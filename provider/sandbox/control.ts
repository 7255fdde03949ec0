import { z } from "zod";
import { maskKey } from "./accounts.ts";
import { json, type Reply } from "./reply.ts";
import type { ScenarioName } from "./scenarios.ts";
import type { RecordedRequest } from "./traffic.ts";

/** Prefix of the sandbox's own paths, which no service has. */
export const controlPrefix = "/sandbox/";

/** What the control endpoint can read and change. */
export interface Controlled {
  readonly requests: readonly RecordedRequest[];
  readonly scenarios: ReadonlyMap<ScenarioName, unknown>;
  use(key: string, scenario: ScenarioName): void;
}

const switchRequest = (scenarios: readonly ScenarioName[]) =>
  z.strictObject({
    // What an Authorization header can carry: visible ASCII.
    key: z.string().regex(/^[!-~]+$/, "must contain only visible ASCII characters, without spaces"),
    scenario: z.enum(scenarios),
  });

/** Answers `PUT /sandbox/scenario` and `GET /sandbox/requests`. They need no key: the server is on loopback only. */
export function answerControl(route: string, body: unknown, sandbox: Controlled): Reply {
  switch (route) {
    case "PUT /sandbox/scenario":
      return switchScenario(body, sandbox);
    case "GET /sandbox/requests":
      return json(200, JSON.parse(JSON.stringify(sandbox.requests, withoutKeys)));
    default:
      return json(404, { error: "Unknown path. Use PUT /sandbox/scenario or GET /sandbox/requests." });
  }
}

function switchScenario(body: unknown, sandbox: Controlled): Reply {
  const scenarios = [...sandbox.scenarios.keys()];
  const asked = switchRequest(scenarios).safeParse(body);
  if (!asked.success) {
    return json(400, {
      error: z.prettifyError(asked.error),
      hint: 'Send JSON such as {"key":"sk-…","scenario":"unfunded"}.',
      scenarios,
    });
  }
  sandbox.use(asked.data.key, asked.data.scenario);
  return json(200, { key: maskKey(asked.data.key), scenario: asked.data.scenario });
}

/** A recorded request contains the key twice: in its property `authorization` and in the header of that name. */
function withoutKeys(name: string, value: unknown): unknown {
  return name === "authorization" && typeof value === "string" ? maskKey(value) : value;
}
