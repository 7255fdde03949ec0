/*
 * Programs of the measured processes; see `measureTogether`. Both probe 50 connections at a time.
 */

/** Invokes the real bundle with one event after another, like a warm Lambda function. */
export const monitorProgram = `
  const { handler } = require(process.env.BENCH_BUNDLE);
  const run = async (events) => {
    let valid = 0;
    let longestSeconds = 0;
    for (const event of events) {
      const started = performance.now();
      const { verdicts } = await handler(event, { getRemainingTimeInMillis: () => 60_000 });
      longestSeconds = Math.max(longestSeconds, (performance.now() - started) / 1_000);
      valid += verdicts.valid;
    }
    report({ valid, longestSeconds });
  };
`;

/** The same, with a new connection for each call. */
export const singleUseProgram = `
  const https = require("node:https");
  const { request } = https;
  https.request = (url, options) => request(url, { ...options, agent: false });
  ${monitorProgram}
`;

/** The same calls without our code: two in parallel and then a third. */
export const bareProgram = `
  const call = async (url, key, body) => {
    const headers = { authorization: "Bearer " + key, "content-type": "application/json" };
    const response = await fetch(url, { headers, ...(body && { method: "POST", body: JSON.stringify(body) }) });
    return response.json();
  };
  const run = async ({ url, keys }) => {
    const left = [...keys];
    let valid = 0;
    const work = async () => {
      for (let key = left.pop(); key !== undefined; key = left.pop()) {
        await Promise.all([call(url + "/models", key), call(url + "/user/balance", key)]);
        const messages = [{ role: "user", content: "Hi" }];
        await call(url + "/chat/completions", key, { model: "deepseek-flash", messages, max_tokens: 1 });
        valid++;
      }
    };
    await Promise.all(Array.from({ length: 50 }, work));
    report({ valid, longestSeconds: 0 });
  };
`;
