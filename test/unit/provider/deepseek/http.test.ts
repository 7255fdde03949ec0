import { describe, expect, test } from "vitest";
import { type Fault, faultOf } from "../../../../provider/deepseek/http.ts";

const coded = (code: unknown, cause?: unknown) => Object.assign(new Error("key sk-1234", { cause }), { code });

describe("the fault behind an error", () => {
  test.each<[Fault, readonly string[]]>([
    ["timeout", ["ETIMEDOUT", "UND_ERR_CONNECT_TIMEOUT", "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"]],
    ["dns", ["ENOTFOUND", "EAI_AGAIN", "EAI_FAIL"]],
    ["refused", ["ECONNREFUSED"]],
    ["unreachable", ["EHOSTUNREACH", "ENETUNREACH", "EADDRNOTAVAIL"]],
    ["proxy", ["UND_ERR_PRX_TLS", "UND_ERR_PRX_CONN", "UND_ERR_ABORTED"]],
    ["reset", ["ECONNRESET", "ECONNABORTED", "EPIPE", "UND_ERR_SOCKET", "UND_ERR_CLOSED", "UND_ERR_DESTROYED"]],
    [
      "tls",
      [
        "CERT_HAS_EXPIRED",
        "DEPTH_ZERO_SELF_SIGNED_CERT",
        "SELF_SIGNED_CERT_IN_CHAIN",
        "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
        "ERR_TLS_CERT_ALTNAME_INVALID",
        "ERR_SSL_WRONG_VERSION_NUMBER",
        "EPROTO",
        "HOSTNAME_MISMATCH",
      ],
    ],
    [
      "protocol",
      ["HPE_INVALID_CONSTANT", "Z_DATA_ERROR", "UND_ERR_HEADERS_OVERFLOW", "UND_ERR_RES_CONTENT_LENGTH_MISMATCH"],
    ],
    ["other", ["", "ENOENT", "UND_ERR_INVALID_ARG", "XECONNREFUSED", "ECONNREFUSEDX"]],
  ])("is '%s' for %j", (fault, codes) => {
    for (const code of codes) expect(faultOf(coded(code))).toBe(fault);
  });

  test("is found inside the errors of fetch and undici", () => {
    expect(faultOf(new TypeError("fetch failed", { cause: coded("ECONNREFUSED") }))).toBe("refused");
    expect(faultOf(coded("UNKNOWN", coded("ENOTFOUND")))).toBe("dns");
    expect(faultOf(new AggregateError([coded("ENETUNREACH"), coded("ECONNREFUSED")]))).toBe("unreachable");
    expect(faultOf(new AggregateError([]))).toBe("other");
  });

  test("is a timeout if the deadline has passed", async () => {
    const signal = AbortSignal.timeout(1);
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    expect(faultOf(signal.reason)).toBe("timeout");
    expect(faultOf(new Error("fetch failed", { cause: signal.reason }))).toBe("timeout");
  });

  test("is 'other' for anything else, including an endless chain of causes", () => {
    for (const thrown of [undefined, null, "ECONNREFUSED", { code: "ECONNREFUSED" }, coded(7), coded(undefined)]) {
      expect(faultOf(thrown)).toBe("other");
    }
    const endless = new Error("x");
    endless.cause = endless;
    expect(faultOf(endless)).toBe("other");
  });
});
