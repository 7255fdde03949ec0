/*
 * Programs of the measured processes; see `measureTogether`. All probe the 50 connections of a run at a time.
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

/** The same calls in the same runs without our code: two in parallel and then a third. It keeps its connections over all runs. */
export const bareProgram = `
  const call = async (url, key, body) => {
    const headers = { authorization: "Bearer " + key, "content-type": "application/json" };
    const response = await fetch(url, { headers, ...(body && { method: "POST", body: JSON.stringify(body) }) });
    return response.json();
  };
  const probe = async (url, key) => {
    await Promise.all([call(url + "/models", key), call(url + "/user/balance", key)]);
    const messages = [{ role: "user", content: "Hi" }];
    await call(url + "/chat/completions", key, { model: "deepseek-flash", messages, max_tokens: 1 });
  };
  const run = async ({ url, runs }) => {
    let valid = 0;
    for (const keys of runs) {
      await Promise.all(keys.map((key) => probe(url, key)));
      valid += keys.length;
    }
    report({ valid, longestSeconds: 0 });
  };
`;
