/** Most events of a stream that are read. An answer of one token has a handful. */
const MAX_EVENTS = 1_000;

/**
 * The JSON in a reply's text, whatever its content type (errors also come as octet-stream); `undefined` if it contains
 * none. Comment lines before the JSON are skipped, as gateways send them to keep a connection open. A stream of
 * server-sent events, which some gateways send although none was requested, becomes one reply.
 */
export function parseDocument(text: string): unknown {
  const json = parseJson(text);
  if (json !== undefined) return json;
  // Only these lines are left out; what follows them is read as it is.
  const rest = text.replace(/^(?:\s*:[^\n]*\n)+/, "");
  if (/^\s*(?:event|data|id|retry)\s*:/.test(rest)) return foldEvents(rest);
  return parseJson(rest);
}

/** Parses a text as JSON; `undefined` if it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What this file reads of an event's JSON. Replies are parsed where they are used. */
interface Event {
  readonly error?: unknown;
  readonly choices?: unknown;
  readonly usage?: unknown;
}

/**
 * One reply from the events of a stream: an error if an event reports one, otherwise the first event with its choice as
 * it ended. A stream that ends before its choice does leaves no choice, and the end mark `[DONE]` alone proves nothing.
 */
function foldEvents(text: string): unknown {
  const events = text.split(/\r?\n\r?\n/, MAX_EVENTS).flatMap((block) => parseEvent(block));
  const failure = events.find(({ error }) => isPresent(error));
  if (failure !== undefined) return failure;
  const choices = events.flatMap(({ choices: some }) => (Array.isArray(some) ? some : []));
  const last = choices.findLast((choice) => isPresent(choice?.finish_reason));
  const usage = events.findLast((event) => isPresent(event.usage))?.usage;
  const [first = {}] = events;
  return { ...first, usage, choices: last === undefined ? [] : [{ ...last, message: last.delta ?? last.message }] };
}

/** The JSON of one event. The name `error` marks an event whose data is the error itself. */
function parseEvent(block: string): readonly Event[] {
  const lines = block.split(/\r?\n/);
  const data = lines.flatMap((line) => /^data:\s?(.*)$/.exec(line)?.[1] ?? []).join("\n");
  const isError = lines.some((line) => /^event:\s*error\s*$/.test(line));
  const json = parseJson(data);
  if (isError) return [{ error: (json as Event | undefined)?.error ?? json ?? data }];
  return typeof json === "object" && json !== null ? [json] : [];
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}
