import { describe, expect, test } from "vitest";
import {
  addressOf,
  type Call,
  DEFAULT_BASE_URL,
  isDefaultHost,
  parseBaseUrl,
} from "../../../provider/deepseek/endpoint.ts";

describe("a base URL is accepted and brought into one form", () => {
  test.each([
    ["https://api.deepseek.com", "https://api.deepseek.com"],
    ["  https://api.deepseek.com/\n", "https://api.deepseek.com"],
    ["\u00a0https://api.deepseek.com", "https://api.deepseek.com"],
    ["HTTPS://API.DeepSeek.com:443/v1///", "https://api.deepseek.com/v1"],
    ["https://gateway.example/a//b/", "https://gateway.example/a//b"],
    ["https://bücher.example/v1", "https://xn--bcher-kva.example/v1"],
    ["https://gateway.example:8443", "https://gateway.example:8443"],
    ["http://localhost:4000/v1/", "http://localhost:4000/v1"],
    ["http://127.0.0.1:4000", "http://127.0.0.1:4000"],
    ["http://127.255.255.254", "http://127.255.255.254"],
    ["http://2130706433:4000", "http://127.0.0.1:4000"],
    ["http://0x7f.1", "http://127.0.0.1"],
    ["http://[::1]:4000", "http://[::1]:4000"],
    ["http://[0:0:0:0:0:0:0:1]", "http://[::1]"],
  ])("%j becomes %s", (given, baseUrl) => {
    expect(parseBaseUrl(given)).toEqual({ ok: true, baseUrl });
  });
});

describe("a base URL is refused, with the reason and what would do, and is not repeated", () => {
  const advice = "Give an https address such as https://api.deepseek.com";
  const unencrypted = "plain http would send the key unencrypted; http is allowed to this machine only";
  test.each([
    ["", "it is not an absolute URL"],
    ["api.deepseek.com", "it is not an absolute URL"],
    ["/v1", "it is not an absolute URL"],
    ["https://", "it is not an absolute URL"],
    ["ftp://api.deepseek.com", "'ftp:' is not a web address"],
    ["file:///etc/passwd", "'file:' is not a web address"],
    ["javascript:alert(1)", "'javascript:' is not a web address"],
    ["localhost:4000", "'localhost:' is not a web address"],
    ["https://someone@api.deepseek.com", "it holds a user name or a password"],
    ["https://:hunter2@api.deepseek.com", "it holds a user name or a password"],
    ["https://api.deepseek.com@evil.example", "it holds a user name or a password"],
    ["https://api.deepseek.com?key=hunter2", "it has a query or a fragment ('?…' or '#…')"],
    ["https://api.deepseek.com#hunter2", "it has a query or a fragment ('?…' or '#…')"],
    ["http://api.deepseek.com", unencrypted],
    ["http://127.0.0.1.evil.example", unencrypted],
    ["http://127.0.0.1-a.example", unencrypted],
    ["http://127.evil.example", unencrypted],
    ["http://localhost.evil.example", unencrypted],
    ["http://evil-localhost", unencrypted],
    ["http://128.0.0.1", unencrypted],
    ["http://0.0.0.0", unencrypted],
    ["http://10.0.0.1", unencrypted],
    ["http://169.254.169.254", unencrypted],
    ["http://[::ffff:7f00:1]", unencrypted],
    ["http://[::]", unencrypted],
  ])("%j: %s", (given, reason) => {
    expect(parseBaseUrl(given)).toEqual({ ok: false, problem: `${reason}. ${advice}` });
  });
});

describe("DeepSeek's own host", () => {
  test.each([
    [DEFAULT_BASE_URL, true],
    ["https://api.deepseek.com/v1", true],
    ["https://api.deepseek.com:8443", false],
    ["https://api.deepseek.com.evil.example", false],
    ["https://evil.example/api.deepseek.com", false],
    ["http://127.0.0.1:4000", false],
  ])("is told apart: %s is it: %s", (baseUrl, expected) => {
    expect(isDefaultHost(baseUrl)).toBe(expected);
  });
});

describe("the address of a call keeps the base URL's path, but the balance exists at the root only", () => {
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
