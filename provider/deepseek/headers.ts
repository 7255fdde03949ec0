/** Most extra headers that a call may have. Servers accept about a hundred. */
const MAX_HEADERS = 32;

/** Longest name, in characters. */
const MAX_NAME = 256;

/** Longest value, in characters: as long as a key. Most servers accept 8 kB, or 16 kB for all headers together. */
const MAX_VALUE = 8_192;

/** Why extra headers are refused, by message code. Each text follows the place, such as `headers.x-team`. */
export const headerProblems = {
  "header-name-invalid":
    "is not a valid name of a header. Use letters, digits and hyphens, and give the value separately",
  "header-authorization": "is not allowed: the header Authorization is made from apiKey. Set apiKey instead",
  "header-reserved":
    "is not allowed: it would change the call itself, and the HTTP client sets it if it is needed. Remove it",
  "header-duplicate": "differs from another name only in upper and lower case. Remove one of them",
  "header-value-empty": "has no value. Set one, or remove the header",
  "header-value-characters":
    "has a value with a line break or another character that a header cannot carry. Use printable ASCII characters",
  "header-value-too-long": `has a value of more than ${MAX_VALUE} characters. Shorten it`,
  "headers-too-many": `has more than ${MAX_HEADERS} headers. Remove some`,
} as const;

type HeaderProblem = keyof typeof headerProblems;

/** A problem with a header; without a name, with all of them together. */
interface HeaderIssue {
  readonly code: HeaderProblem;
  readonly name?: string;
}

/** The characters of a name. Source: RFC 9110, 5.6.2, `token`. */
const validName = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i;

/**
 * Headers that describe the connection or the body, in lower case. With another `Accept-Encoding` a reply could be
 * compressed, and with `Cookie` a call would depend on somebody's session.
 */
const reserved =
  /^(accept-encoding|connection|content-.*|cookie|expect|host|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade)$/;

/**
 * Decides which extra headers may be sent. Inputs and stored secrets use this rule. A header must not replace the key,
 * choose another host, or change where a request ends.
 *
 * @param headers with values that have no whitespace around them
 */
export function headerIssues(headers: Readonly<Record<string, string>>): readonly HeaderIssue[] {
  const entries = Object.entries(headers);
  const lower = entries.map(([name]) => name.toLowerCase());
  const issues = entries.flatMap(([name, value], index): HeaderIssue[] => {
    const isRepeated = lower.indexOf(name.toLowerCase()) < index;
    return [
      ...[nameProblem(name), valueProblem(value)].flatMap((code) => (code ? [{ code, name }] : [])),
      ...(isRepeated ? [{ code: "header-duplicate", name } as const] : []),
    ];
  });
  return entries.length > MAX_HEADERS ? [...issues, { code: "headers-too-many" }] : issues;
}

function nameProblem(name: string): HeaderProblem | undefined {
  if (name.length > MAX_NAME || !validName.test(name)) return "header-name-invalid";
  const lower = name.toLowerCase();
  if (lower === "authorization") return "header-authorization";
  return reserved.test(lower) ? "header-reserved" : undefined;
}

function valueProblem(value: string): HeaderProblem | undefined {
  if (value === "") return "header-value-empty";
  if (value.length > MAX_VALUE) return "header-value-too-long";
  // HTTP allows other bytes too, but has no character set for them.
  return /^[\t\x20-\x7e]+$/.test(value) ? undefined : "header-value-characters";
}
