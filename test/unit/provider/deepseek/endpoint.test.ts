import { describe, expect, test } from "vitest";
import {
  addressOf,
  type Call,
  DEFAULT_BASE_URL,
  isDefaultHost,
  isUnencrypted,
  parseBaseUrl,
} from "../../../../provider/deepseek/endpoint.ts";

describe("a base URL is accepted and normalized", () => {
  test.each([
    ["https://api.deepseek.com", "https://api.deepseek.com", "the default"],
    [
      "  https://api.deepseek.com/\n",
      "https://api.deepseek.com",
      "surrounding whitespace from a file or a prompt is removed",
    ],
    ["\u00a0https://api.deepseek.com", "https://api.deepseek.com", "a non-breaking space is removed too"],
    [
      "HTTPS://API.DeepSeek.com:443/v1///",
      "https://api.deepseek.com/v1",
      "case, default port and trailing slashes are normalized",
    ],
    ["https:api.deepseek.com", "https://api.deepseek.com", "missing slashes are added, as every client does"],
    ["https://api%2edeepseek%2Ecom", "https://api.deepseek.com", "escapes are decoded: it is DeepSeek's host"],
    [
      "https://ａｐｉ.deepseek。com",
      "https://api.deepseek.com",
      "full-width letters are normalized: it is DeepSeek's host",
    ],
    ["https://gateway.example/a//b/", "https://gateway.example/a//b", "a gateway's path is kept"],
    [
      "https://gateway.example/@publisher/v1",
      "https://gateway.example/@publisher/v1",
      "an @ in a path is not a user name",
    ],
    ["https://gateway.example/a/../v1", "https://gateway.example/v1", "dot segments are resolved"],
    ["https://gateway.example:8443", "https://gateway.example:8443", "gateways have ports"],
    ["https://bücher.example/v1", "https://xn--bcher-kva.example/v1", "an international name"],
    ["https://深度求索网关服务器.example", "https://xn--d6qq2a41gc5kl1kqzhf4c827b0de.example", "a long Chinese name"],
    ["https://deepseek.bücher.example", "https://deepseek.xn--bcher-kva.example", "a gateway at an international name"],
    ["https://deepseek-bücher.example", "https://xn--deepseek-bcher-psb.example", "the same in one label"],
    ["https://deepseek.corp.example", "https://deepseek.corp.example", "a gateway's usual name"],
    [
      "https://api-deepseek.com",
      "https://api-deepseek.com",
      "an ASCII name that differs from DeepSeek's is treated as a gateway",
    ],
    ["https://10.0.0.1", "https://10.0.0.1", "a gateway in a private network"],
    ["https://[fd12:3456::1]:8443", "https://[fd12:3456::1]:8443", "the same with IPv6"],
    ["https://[::ffff:10.0.0.1]", "https://[::ffff:a00:1]", "the same with IPv4 inside IPv6"],
    ["https://127.0.0.1", "https://127.0.0.1", "this machine"],
    ["http://localhost:4000/v1/", "http://localhost:4000/v1", "http is allowed to this machine"],
    ["http://127.0.0.1:4000", "http://127.0.0.1:4000", "the same with an IPv4 address"],
    ["http://127.255.255.254", "http://127.255.255.254", "every address in 127.0.0.0/8 is this machine"],
    ["http://2130706433:4000", "http://127.0.0.1:4000", "127.0.0.1 in decimal"],
    ["http://0x7f.1", "http://127.0.0.1", "127.0.0.1 in hex"],
    ["http://0177.0.0.01", "http://127.0.0.1", "127.0.0.1 in octal"],
    ["http://[::1]:4000", "http://[::1]:4000", "this machine with IPv6"],
    ["http://[0:0:0:0:0:0:0:1]", "http://[::1]", "the same, spelled out"],
    [
      `https://gateway.example/${"a".repeat(1_000)}`,
      `https://gateway.example/${"a".repeat(1_000)}`,
      "1,024 characters",
    ],
  ])("%j becomes %s: %s", (given, baseUrl) => {
    expect(parseBaseUrl(given)).toEqual({ ok: true, baseUrl });
  });
});

describe("a base URL is refused with the reason and a valid alternative, and is not repeated", () => {
  const advice = "Use an https address such as https://api.deepseek.com";
  const noUrl = "it is not an absolute URL";
  const user = "it contains a user name or a password";
  const query = "it has a query or a fragment ('?…' or '#…')";
  const invisible = "it contains whitespace, a backslash or an invisible character";
  const unencrypted =
    "it uses plain http, which would send the key unencrypted. Plain http is allowed only to this machine. If the network " +
    "is private, set allowInsecureHttp: true";
  const toDeepSeek = "it uses plain http, which would send the key unencrypted. To DeepSeek, use https";
  const special =
    "its host is a special-purpose address, such as a link-local or metadata address, and cannot be used for an API";
  const lookalike = "its host looks like DeepSeek's, but belongs to somebody else";
  test.each([
    ["", noUrl],
    ["api.deepseek.com", noUrl],
    ["/v1", noUrl],
    ["https://", noUrl],
    ["https://api.deepseek.com:99999", noUrl],
    ["https://999.999.999.999", noUrl],
    ["https://[fe80::1%25eth0]", noUrl],
    ["https://[::1", noUrl],
    ["ftp://api.deepseek.com", "its scheme is not https"],
    ["file:///etc/passwd", "its scheme is not https"],
    ["javascript:alert(1)", "its scheme is not https"],
    ["data:text/plain,a", "its scheme is not https"],
    ["wss://api.deepseek.com", "its scheme is not https"],
    ["localhost:4000", "its scheme is not https"],
    ["https://someone@api.deepseek.com", user],
    ["https://:hunter2@api.deepseek.com", user],
    ["https://api.deepseek.com@evil.example", user],
    ["https://api.deepseek.com:443@evil.example", user],
    ["https://@api.deepseek.com", user],
    ["https://:@api.deepseek.com", user],
    ["https:api.deepseek.com@evil.example", user],
    ["https://api.deepseek.com?key=hunter2", query],
    ["https://api.deepseek.com#hunter2", query],
    ["https://evil.example?.deepseek.com", query],
    ["https://evil.example#@api.deepseek.com", query],
    ["https://api.deepseek.com/v1?", query],
    ["https://api.deepseek.com/v1#", query],
    ["https://evil.example\\@api.deepseek.com", invisible],
    ["https:\\\\api.deepseek.com", invisible],
    ["https://api.deep\nseek.com", invisible],
    ["https://api.deepseek.com/a b", invisible],
    ["https://api.deepseek.com\u0000", invisible],
    ["https://api.deepseek.com/\u001b[31m", invisible],
    ["https://moc.\u202ekeespeed.ipa", invisible],
    ["https://api.deep\u00adseek.com", invisible],
    ["https://api.deep\u200dseek.com", invisible],
    ["http://api.deepseek.com", toDeepSeek],
    ["http://deepseek.com:8080", toDeepSeek],
    ["http://127.0.0.1.evil.example", unencrypted],
    ["http://127.0.0.1-a.example", unencrypted],
    ["http://127.evil.example", unencrypted],
    ["http://localhost.evil.example", unencrypted],
    ["http://evil-localhost", unencrypted],
    ["http://128.0.0.1", unencrypted],
    ["http://10.0.0.1", unencrypted],
    ["http://[::ffff:7f00:1]", unencrypted],
    ["https://169.254.169.254", special],
    ["http://169.254.169.254/latest/meta-data", special],
    ["https://2852039166", special],
    ["https://0xa9fea9fe", special],
    ["https://0251.0376.0251.0376", special],
    ["https://169.254.43518", special],
    ["https://169.254.170.2", special],
    ["https://169.254.0.0", special],
    ["https://[::ffff:169.254.169.254]", special],
    ["https://[::ffff:a9fe:a9fe]", special],
    ["https://[64:ff9b::169.254.169.254]", special],
    ["https://[fd00:ec2::254]", special],
    ["https://[fd00:0ec2:0::23]", special],
    ["https://[fd20:ce::254]", special],
    ["https://[fe80::1]", special],
    ["https://[febf::1]", special],
    ["https://100.100.100.200", special],
    ["https://168.63.129.16", special],
    ["https://192.0.0.192", special],
    ["https://metadata.google.internal", special],
    ["https://METADATA.goog", special],
    ["https://metadata", special],
    ["https://instance-data", special],
    ["https://instance-data.ec2.internal", special],
    ["http://0.0.0.0", special],
    ["https://0", special],
    ["http://[::]", special],
    ["https://224.0.0.1", special],
    ["https://255.255.255.255", special],
    ["https://[ff02::1]", special],
    ["https://api.deepseek.com.", "its host ends with a dot: remove the dot"],
    ["https://gateway.example./v1", "its host ends with a dot: remove the dot"],
    ["https://api.deepseek.com.evil.example", lookalike],
    ["https://api.deepseek.com-evil.example", lookalike],
    ["https://deepseek.com.cn", lookalike],
    ["https://api.dеepseek.com", lookalike], // Cyrillic е
    ["https://api.xn--depseek-7gg.com", lookalike], // the same in Punycode
    ["https://api.ԁеерѕеек.com", lookalike], // Cyrillic throughout
    ["https://api.dεεpsεεκ.com", lookalike], // Greek
    ["https://api.déepseek.com", lookalike],
    ["https://api.đeepseek.com", lookalike],
    ["https://api.deepsꬲek.com", lookalike], // a letter that is in no table of lookalikes
    ["https://my-deepѕeek.example", lookalike],
    ["https://deepseek-deepѕeek.example", lookalike],
    [`https://gateway.example/${"a".repeat(1_001)}`, "it is longer than 1024 characters"],
    [`https://gateway.example/${"ä".repeat(200)}`, "it is longer than 1024 characters"],
  ])("%j: %s", (given, reason) => {
    expect(parseBaseUrl(given)).toEqual({
      ok: false,
      code: expect.stringMatching(/^base-url-[a-z-]+$/),
      problem: `${reason}. ${advice}`,
    });
  });

  test.each([
    "https://172.16.0.1",
    "https://168.63.129.17",
    "https://192.0.0.191",
    "https://169.253.255.255",
    "https://169.255.0.1",
    "https://223.255.255.255",
    "https://1.0.0.1",
    "https://[fec0::1]",
    "https://[fd00:ec3::254]",
    "https://[64:ff9b::808:808]",
    "https://metadata.corp.example",
    "https://metadata-google.internal",
    "https://my-metadata",
    "https://deepseek.common.example",
    "https://дата-центр.example",
  ])("unless it only resembles a refused one: %s is accepted", (given) => {
    expect(parseBaseUrl(given).ok).toBe(true);
  });
});

describe("with allowInsecureHttp, plain http", () => {
  const parse = (given: string) => parseBaseUrl(given, { allowInsecureHttp: true });

  test.each([
    ["http://gateway:4000/v1/", "http://gateway:4000/v1"],
    ["http://10.0.0.1", "http://10.0.0.1"],
    ["http://[fd00::1]:4000", "http://[fd00::1]:4000"],
    ["http://localhost:4000", "http://localhost:4000"],
    ["http://notdeepseek.com", "http://notdeepseek.com"],
    ["https://gateway.example", "https://gateway.example"],
  ])("is allowed to %s", (given, baseUrl) => {
    expect(parse(given)).toEqual({ ok: true, baseUrl });
  });

  test.each([
    ["http://api.deepseek.com", "base-url-plain-http-deepseek"],
    ["http://API.DeepSeek.com:8080/v1", "base-url-plain-http-deepseek"],
    ["http://deepseek.com", "base-url-plain-http-deepseek"],
    ["http://api.deepseek.com.", "base-url-trailing-dot"],
    ["http://api.dеepseek.com", "base-url-lookalike"], // Cyrillic е
    ["http://169.254.169.254", "base-url-metadata-address"],
    ["http://metadata.google.internal", "base-url-metadata-address"],
    ["http://[fd00:ec2::254]", "base-url-metadata-address"],
    ["http://0.0.0.0:4000", "base-url-metadata-address"],
    ["http://me:hunter2@gateway", "base-url-credentials"],
    ["ftp://gateway", "base-url-scheme"],
  ])("is still refused to %s", (given, code) => {
    expect(parse(given)).toMatchObject({ ok: false, code });
  });
});

test.each([
  ["http://gateway:4000", true],
  ["http://127.0.0.2:4000", false],
  ["http://[::1]:4000", false],
  ["https://gateway", false],
])("calls to %s cross a network without encryption: %s", (baseUrl, expected) => {
  expect(isUnencrypted(baseUrl)).toBe(expected);
});

describe("DeepSeek's own host", () => {
  test.each([
    [DEFAULT_BASE_URL, true],
    ["https://api.deepseek.com/v1", true],
    ["https://api.deepseek.com:8443", false],
    ["https://api.deepseek.com.evil.example", false],
    ["https://evil.example/api.deepseek.com", false],
    ["http://127.0.0.1:4000", false],
  ])("is recognized: %s: %s", (baseUrl, expected) => {
    expect(isDefaultHost(baseUrl)).toBe(expected);
  });
});

describe("the URL of a call keeps the base URL's path, except for the balance, which exists only at the root", () => {
  test.each<[Call, string, string]>([
    ["models", "https://api.deepseek.com", "https://api.deepseek.com/models"],
    ["models", "https://api.deepseek.com/v1", "https://api.deepseek.com/v1/models"],
    ["chat", "https://api.deepseek.com", "https://api.deepseek.com/chat/completions"],
    ["chat", "https://gateway.example/llm/v1", "https://gateway.example/llm/v1/chat/completions"],
    ["balance", "https://api.deepseek.com", "https://api.deepseek.com/user/balance"],
    ["balance", "https://api.deepseek.com/v1", "https://api.deepseek.com/user/balance"],
    ["balance", "https://gateway.example/v1/llm", "https://gateway.example/v1/llm/user/balance"],
    ["balance", "https://gateway.example/llmv1", "https://gateway.example/llmv1/user/balance"],
  ])("%s at %s: %s", (call, baseUrl, address) => {
    expect(addressOf(call, baseUrl)).toBe(address);
  });
});
