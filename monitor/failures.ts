/**
 * The latest failures, as a query of CloudWatch Logs Insights: probes that failed, keys that could not be read, and what
 * Lambda itself says of a run that broke off.
 */
export const failuresQuery = [
  "fields @timestamp, connection, verdict, httpStatus, cause, traceId, keyFingerprint, message",
  'filter level in ["WARN", "ERROR"] or @message like /Task timed out|errorType/',
  "sort @timestamp desc",
  "limit 50",
].join("\n| ");

/** How often each verdict that is not `valid` was given. */
export const verdictsQuery = [
  "filter ispresent(verdict)",
  "stats count(*) as probes by verdict",
  "sort probes desc",
].join("\n| ");
