import { BEFORE_START, outage, type Scenario, type Step, singleRuns, trouble } from "./incident.ts";
import type { SimulatedAccount } from "./simulated-account.ts";

const replaceKey: Step["act"] = (account) => {
  account.rotate(account.first);
};

const revokeAll: Step["act"] = (account) => {
  for (const name of account.all) account.revoke(name);
};

const replaceAll: Step["act"] = (account) => {
  for (const name of account.all) account.rotate(name);
};

/** The scenarios by name, each with a `description` of one sentence. */
export const scenarios = named({
  quiet: {
    description: "Nothing goes wrong for an hour.",
    script: (every) => ({ minutes: 60 * every, steps: [], causes: [] }),
  },
  "first-deployment": {
    description: "The monitor is deployed at minute 0 with a working key.",
    isDeployment: true,
    script: (every) => ({
      minutes: 30 * every,
      steps: [{ minute: 0, what: "The alarms are created, and the function runs for the first time.", act: () => {} }],
      causes: [],
    }),
  },
  "schedule-never-runs": {
    description: "The monitor is deployed at minute 0, but its schedule never fires.",
    isDeployment: true,
    script: (every) => ({
      minutes: 20 + 10 * every,
      steps: [
        { minute: 0, what: "The alarms are created, and the deployment runs the function once.", act: () => {} },
        { minute: 1, what: "The schedule should fire but does not.", act: (account) => account.stopSchedule() },
      ],
      causes: [{ alarm: "monitorSilent", from: 1, to: 20 + 10 * every }],
    }),
  },
  "key-revoked": {
    description: "A key is revoked at minute 10 and replaced in the secret half an hour later.",
    script: trouble(
      "keyRejected",
      ["The key of the first connection is revoked.", (account) => account.revoke(account.first)],
      ["A new key is stored in the secret.", replaceKey],
    ),
  },
  "shared-key-revoked": {
    description: "The key of five connections is revoked at minute 10 and replaced half an hour later.",
    connections: 5,
    hasOneKey: true,
    script: trouble(
      "keyRejected",
      ["The key of all connections is revoked.", (account) => account.revoke(account.first)],
      ["A new key is stored in the secret.", replaceKey],
    ),
  },
  "all-keys-revoked": {
    description: "The keys of three connections are revoked at minute 10 and replaced half an hour later.",
    connections: 3,
    script: trouble(
      "allKeysRejected",
      ["All keys are revoked.", revokeAll],
      ["New keys are stored in the secret.", replaceAll],
    ),
  },
  "key-revoked-before-outage": {
    description: "A key is revoked, then the service is down for ten minutes. The key stays revoked.",
    script: (every) => ({
      minutes: 50 + 30 * every,
      steps: [
        {
          minute: 10,
          what: "The key of the first connection is revoked.",
          act: (account) => account.revoke(account.first),
        },
        {
          minute: 10 + 10 * every,
          what: "The service answers 503.",
          act: ({ service }) => service.fail("overloaded"),
        },
        {
          minute: 20 + 10 * every,
          what: "The service recovers. The key is still revoked.",
          act: ({ service }) => service.recover(),
        },
        { minute: 35 + 20 * every, what: "A new key is stored in the secret.", act: replaceKey },
      ],
      causes: [
        { alarm: "keyRejected", from: 10, to: 35 + 20 * every },
        { alarm: "serviceFailing", from: 10 + 10 * every, to: 20 + 10 * every },
      ],
    }),
  },
  rotation: {
    description: "A key is rotated: the new one is stored 15 minutes before the old one is revoked.",
    script: (every) => {
      let revokeOld = () => {};
      return {
        minutes: 40 + 20 * every,
        steps: [
          {
            minute: 10,
            what: "A new key is created and stored in the secret.",
            act: (account) => {
              revokeOld = account.rotate(account.first);
            },
          },
          { minute: 25, what: "The old key is revoked.", act: () => revokeOld() },
        ],
        causes: [],
      };
    },
  },
  "single-false-401": {
    description: "A valid key gets a wrong 401: once at minute 10, and for all calls of the run at minute 30.",
    script: (every) => ({
      minutes: 60 * every,
      steps: [
        {
          minute: 10 * every,
          what: "The first answer to each call is 401; a second call succeeds.",
          act: (account) => account.meets(account.first, "false-401"),
        },
        { minute: 11 * every, act: (account) => account.meets(account.first, "good") },
        {
          minute: 30 * every,
          what: "Every answer in this run is 401.",
          act: (account) => account.meets(account.first, "wrong-key"),
        },
        { minute: 31 * every, act: (account) => account.meets(account.first, "good") },
      ],
      causes: [],
    }),
  },
  unfunded: {
    description: "An account runs out of balance at minute 10 and is topped up half an hour later.",
    script: trouble(
      "unfunded",
      [
        "The first connection's account has insufficient balance.",
        (account) => account.meets(account.first, "unfunded"),
      ],
      ["The account is topped up.", (account) => account.meets(account.first, "good")],
    ),
  },
  "model-retired": {
    description: "The model is retired at minute 10 and replaced in the connection half an hour later.",
    script: trouble(
      "misconfigured",
      ["The service answers 400: the model was retired.", (account) => account.meets(account.first, "retired-model")],
      ["The connection gets a model that the service offers.", (account) => account.meets(account.first, "good")],
    ),
  },
  outage: {
    description: "The service answers 503 for ten minutes.",
    script: outage(10, "The service answers 503.", "overloaded", ["serviceFailing"]),
  },
  "long-outage": {
    description: "The service answers 503 for half an hour.",
    script: outage(30, "The service answers 503.", "overloaded", ["serviceFailing", "serviceDown"]),
  },
  "outage-with-401": {
    description: "For ten minutes the service answers 401 to three valid keys.",
    connections: 3,
    script: outage(10, "The service answers 401 to every key.", "wrong-key", ["allKeysRejected"]),
  },
  flapping: {
    description: "The service fails in two of every five runs, for an hour and a half.",
    script: (every) => {
      const cycles = Array.from({ length: 18 }, (_, cycle) => (10 + cycle * 5) * every);
      return {
        minutes: 140 * every,
        steps: [
          ...cycles.flatMap((minute, cycle): readonly Step[] => [
            {
              minute,
              ...(cycle === 0 && { what: "The service begins to flap: it answers 503 in two of every five runs." }),
              act: ({ service }) => service.fail("overloaded"),
            },
            { minute: minute + 2 * every, act: ({ service }) => service.recover() },
          ]),
          { minute: 100 * every, what: "The service is stable again.", act: () => {} },
        ],
        causes: [{ alarm: "serviceUnstable", from: 10 * every, to: 97 * every }],
      };
    },
  },
  "single-timeouts": {
    description: "One run in ten times out.",
    script: singleRuns(
      "From now on, one run in ten times out.",
      [10, 20, 30, 40, 50],
      ({ service }) => service.fail("unanswered"),
      ({ service }) => service.recover(),
    ),
  },
  "rate-limit": {
    description: "The account is rate limited (429) for ten minutes.",
    script: outage(10, "The service answers 429.", "rate-limited", []),
  },
  "rate-limit-lasts": {
    description: "The account is rate limited (429) for an hour.",
    script: outage(60, "The service answers 429.", "rate-limited", ["rateLimited"]),
  },
  "shared-key-rate-limited": {
    description: "Five connections with one key are rate limited (429) for an hour.",
    connections: 5,
    hasOneKey: true,
    script: outage(60, "The service answers 429.", "rate-limited", ["rateLimited"]),
  },
  "shared-key-low-balance": {
    description: "The account of five connections with one key has $1 left at minute 10.",
    connections: 5,
    hasOneKey: true,
    script: trouble(
      "lowBalance",
      ["The account has $1 left.", ({ service }) => service.hold(1)],
      ["The account is topped up.", ({ service }) => service.hold(100)],
    ),
  },
  "key-due": {
    description: "A key becomes 60 days old at minute 10. The alarm 'key due for rotation' is enabled.",
    alarms: { keyDueForRotation: { enabled: true, threshold: 60 } },
    script: (every) => ({
      minutes: 30 + 20 * every,
      steps: [{ minute: 10, what: "The key is 60 days old.", act: () => {} }],
      causes: [{ alarm: "keyDueForRotation", from: 10, to: 30 + 20 * every }],
    }),
  },
  "cny-account": {
    description: "An account in Chinese yuan spends its last 20 yuan and is topped up half an hour later.",
    currency: "CNY",
    script: (every) => {
      const end = 10 + 30 * every;
      return {
        minutes: end + 15 + 5 * every,
        steps: [
          { minute: BEFORE_START, act: ({ service }) => service.hold(20) },
          { minute: 10, what: "Less than 15 yuan are left.", act: ({ service }) => service.hold(14) },
          { minute: end, what: "The account is topped up.", act: ({ service }) => service.hold(100) },
        ],
        causes: [{ alarm: "lowBalance", from: 10, to: end }],
      };
    },
  },
  "leaked-key": {
    description: "Somebody spends $2 a minute of the account's $100. The limits are $50, and $20 an hour.",
    alarms: { lowBalance: { threshold: { USD: 50 } }, balanceFallsFast: { enabled: true, threshold: { USD: 20 } } },
    script: (every) => ({
      minutes: 50 + 5 * every,
      steps: [
        { minute: BEFORE_START, act: ({ service }) => service.hold(100) },
        { minute: 10, what: "Somebody begins to spend $2 a minute with a leaked key.", act: () => {} },
        ...Array.from({ length: 40 }, (_, spent) => ({
          minute: 10 + spent,
          act: ({ service }: SimulatedAccount) => service.hold(100 - 2 * spent),
        })),
        { minute: 21, what: "More than $20 has been spent.", act: () => {} },
        { minute: 35, what: "No more than $50 is left.", act: () => {} },
      ],
      causes: [
        { alarm: "balanceFallsFast", from: 21, to: 50 },
        { alarm: "lowBalance", from: 35, to: 50 + 5 * every },
      ],
    }),
  },
  "schedule-stops": {
    description: "The schedule is disabled at minute 10 and enabled again half an hour later.",
    script: trouble(
      "monitorSilent",
      ["The schedule is disabled.", (account) => account.stopSchedule()],
      ["The schedule is enabled again.", (account) => account.startSchedule()],
    ),
  },
  "secret-deleted": {
    description: "The monitor's secret of a shard is deleted at minute 10 and restored half an hour later.",
    script: trouble(
      "monitorSilent",
      ["The secret of the first shard is deleted.", (account) => account.deleteSecret(account.first)],
      ["The secret is restored.", (account) => account.restoreSecret(account.first)],
    ),
  },
  "some-secrets-deleted": {
    description: "One of three secrets of your own is deleted at minute 10 and restored half an hour later.",
    connections: 3,
    hasOwnSecrets: true,
    script: trouble(
      "monitorSilent",
      ["The secret of the first connection is deleted.", (account) => account.deleteSecret(account.first)],
      ["The secret is restored.", (account) => account.restoreSecret(account.first)],
    ),
  },
  "bad-deployment": {
    description: "The function is deployed with an invalid environment at minute 10: every run fails.",
    script: trouble(
      "monitorSilent",
      ["The function is deployed with an invalid environment.", (account) => account.breakFunction()],
      ["The deployment is rolled back.", (account) => account.repairFunction()],
    ),
  },
});

/** The name of a scenario. */
export type ScenarioName = keyof typeof scenarios;

/** The scenarios in the order in which they are listed. */
export const scenarioNames = Object.keys(scenarios) as readonly ScenarioName[];

/** Keeps only the table's names in its type. */
function named<Name extends string>(all: Readonly<Record<Name, Scenario>>): Readonly<Record<Name, Scenario>> {
  return all;
}
