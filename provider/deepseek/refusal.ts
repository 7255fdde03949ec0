import { parseDocument } from "./document.ts";

/** Any response that is not a success: what the service says about it. */
export interface Refusal {
  readonly status: number;
  /**
   * The service's own code for the reason: the first of `code` and `type` that is neither a status number nor a value
   * that stands for any error.
   */
  readonly code?: string;
  /** The service's message. The service controls it: redact it before it is shown. */
  readonly words?: string;
  readonly isJson: boolean;
}

/**
 * Reads a refusal in any of the forms that services use: `error` as an object or a text, `message`, `detail` as a text
 * or as FastAPI's list of `{ loc, msg }`, `title` (problem+json), `errors[]`, an array around all of it, JSON in server-
 * sent events, HTML, XML or plain text.
 *
 * @param document the JSON in the body, for a caller that has parsed it
 */
export function readRefusal(status: number, body: string, document = parseDocument(body)): Refusal {
  const words = withoutRequestId(document === undefined ? textOf(body) : wordsIn(document)).trim();
  const code = codeIn(document);
  return {
    status,
    ...(code !== undefined && { code }),
    ...(words !== "" && { words }),
    isJson: document !== undefined,
  };
}

/**
 * A message without the id of its request, which is another one each time: a stored reason must not change with each
 * refresh.
 */
function withoutRequestId(words: string): string {
  return words.replace(
    /[\s,;]{0,3}[([]?\brequest[\s_-]?id\b["']?\s{0,2}[:=]?\s{0,2}["']?[\w.-]{6,128}["']?[)\]]?/gi,
    "",
  );
}

/** Whether JSON reports an error in any of these forms, with words or without. */
export function reportsError(document: unknown): boolean {
  if (wordsIn(document).trim() !== "") return true;
  if (!isRecord(document)) return false;
  const { error, errors, success } = document;
  return success === false || isFilled(error) || isFilled(errors);
}

/** How deep a body is read: an error in an array in an error, and no further. */
const MAX_DEPTH = 5;

/** Most entries of a list of errors that are read. */
const MAX_ENTRIES = 5;

/** The members that contain another error. They say more than what surrounds them. */
const innerNames = ["error", "errors", "base_resp", "data"];

/** The members that contain a message, the most telling first. */
const wordNames = [
  "message",
  "Message",
  "msg",
  "error_msg",
  "error_message",
  "status_msg",
  "detail",
  "error",
  "errors",
  "title",
  "description",
  "reason",
];

function wordsIn(value: unknown, depth = 0): string {
  if (typeof value === "string") return value;
  if (depth > MAX_DEPTH) return "";
  if (Array.isArray(value)) {
    const all = value.slice(0, MAX_ENTRIES).map((entry) => wordsIn(entry, depth + 1));
    return all.filter((words) => words !== "").join("; ");
  }
  if (!isRecord(value)) return "";
  const inner = innerNames.map((name) => value[name]).filter(isContainer);
  for (const part of [...inner, ...wordNames.map((name) => value[name])]) {
    const words = wordsIn(part, depth + 1);
    if (words.trim() !== "") return placeIn(value) + words;
  }
  return "";
}

/** The field of the request that FastAPI and pydantic refuse, such as `["body", "thinking"]`. */
function placeIn({ loc }: Readonly<Record<string, unknown>>): string {
  if (!Array.isArray(loc)) return "";
  const parts = loc.filter((part) => (typeof part === "string" && part !== "body") || typeof part === "number");
  return parts.length === 0 ? "" : `${parts.join(".")}: `;
}

/** Values of `code` and `type` that stand for any error of a class, so that the other member says more. */
const generic =
  /^(error|request_failed|bad_?request|unauthorized|forbidden|not_?found|unknown|null|none|(invalid_request|unknown|authentication|authorization|permission|rate_limit|api|server|internal|internal_server|service_unavailable|bad_request|client|http|validation|openai|one_api|new_api|upstream)_?error)$/i;

function codeIn(value: unknown, depth = 0): string | undefined {
  if (depth > MAX_DEPTH) return undefined;
  if (Array.isArray(value)) return codeIn(value[0], depth + 1);
  if (!isRecord(value)) return undefined;
  for (const name of [...innerNames, "detail"]) {
    const inner = isContainer(value[name]) ? codeIn(value[name], depth + 1) : undefined;
    if (inner !== undefined) return inner;
  }
  const candidates = [
    value["code"],
    value["type"],
    value["error_code"],
    value["errorCode"],
    value["status_code"],
    value["reason"],
  ];
  return candidates.map(codeOf).find((code) => code !== undefined) ?? codeIn(value["details"], depth + 1);
}

function codeOf(value: unknown): string | undefined {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const code = String(value).trim();
  // `type` of problem+json is a URL, which is not a code.
  if (!/^[\w.:-]{1,64}$/.test(code) || /^-?\d{1,2}$|^[1-5]\d\d$/.test(code)) return undefined;
  return generic.test(code) ? undefined : code;
}

/** Most of a page that is searched for words, in characters. */
const MAX_PAGE = 100_000;

/** The words of a body that is not JSON: the title of an HTML page, otherwise its text. */
function textOf(body: string): string {
  if (!/^\s*</.test(body)) return body;
  const page = body.slice(0, MAX_PAGE);
  // The quantifiers have limits, so that no page takes long to search.
  const title = /<title[^>]{0,200}>([^<]{0,500})/i.exec(page)?.[1]?.trim() ?? "";
  if (title !== "") return title;
  return page.replace(/<(script|style)\b[\s\S]*?(<\/\1>|$)/gi, " ").replace(/<[^>]*>?/g, " ");
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return isContainer(value) && !Array.isArray(value);
}

function isFilled(value: unknown): boolean {
  return isContainer(value) && Object.keys(value).length > 0;
}
