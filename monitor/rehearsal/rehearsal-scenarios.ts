import { BEFORE_START, outage, type Scenario, type Step, singleRuns, trouble } from "./incident.ts";
import type { SimulatedAccount } from "./simulated-account.ts";

const replaceKey: Step["act"] = (account) => {
  account.rotate(account.first);
};

/** What can be rehearsed, by name: each has a `description` of one sentence. */
export const scenarios = named({
  quiet: {
    description: "Nothing goes wrong for an hour.",
    script: (every) => ({ minutes: 60 * every, steps: [], causes: [] }),
  },
  "first-deployment": {
    description: "The monitor is deployed at minute 0, with a key that works.",
    isDeployment: true,
    script: (every) => ({
      minutes: 30 * every,
      steps: [{ minute: 0, what: "The alarms are created, and the function runs for the first time.", act: () => {} }],
      causes: [],
    }),
  },
  "schedule-never-runs": {
    description: "The monitor is deployed at minute 0, and its schedule never fires.",
    isDeployment: true,
    script: (every) => ({
      minutes: 20 + 10 * every,
      steps: [
        { minute: 0, what: "The alarms are created, and the deployment runs the function once.", act: () => {} },
        { minute: 1, what: "The schedule should fire, and does not.", act: (account) => account.stopSchedule() },
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
  "key-revoked-before-outage": {
    description: "A key is revoked, then the service is down for ten minutes; the key stays revoked.",
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
          what: "The service is well again; the key is still revoked.",
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
    description: "A key is rotated in time: the new one is stored 15 minutes before the old one is revoked.",
    script: (every) => {
      let revokeOld = () => {};
      return {
        minutes: 40 + 20 * every,
        steps: [
          {
            minute: 10,
            what: "A new key is made and stored in the secret.",
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
    description: "A good key is answered 401: once at minute 10, through all of one run at minute 30.",
    script: (every) => ({
      minutes: 60 * every,
      steps: [
        {
          minute: 10 * every,
          what: "The first answer to each call is 401.",
          act: (account) => account.meets(account.first, "false-401"),
        },
        { minute: 11 * every, act: (account) => account.meets(account.first, "good") },
        {
          minute: 30 * every,
          what: "Every answer to one run is 401.",
          act: (account) => account.meets(account.first, "wrong-key"),
        },
        { minute: 31 * every, act: (account) => account.meets(account.first, "good") },
      ],
      causes: [],
    }),
  },
  unfunded: {
    description: "An account has no money left at minute 10 and is topped up half an hour later.",
    script: trouble(
      "unfunded",
      ["The first connection's account has no money left.", (account) => account.meets(account.first, "unfunded")],
      ["The account is topped up.", (account) => account.meets(account.first, "good")],
    ),
  },
  "model-retired": {
    description: "The model is switched off at minute 10, and the connection changed half an hour later.",
    script: trouble(
      "misconfigured",
      [
        "The service answers 400: the model was switched off.",
        (account) => account.meets(account.first, "retired-model"),
      ],
      ["The connection gets a model that the service has.", (account) => account.meets(account.first, "good")],
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
    description: "In ten minutes of outage the service answers 401 to three good keys.",
    connections: 3,
    script: outage(10, "The service answers 401 to every key.", "wrong-key", ["serviceFailing"]),
  },
  flapping: {
    description: "The service fails for two of every five runs, for an hour and a half.",
    script: (every) => {
      const cycles = Array.from({ length: 18 }, (_, cycle) => (10 + cycle * 5) * every);
      return {
        minutes: 140 * every,
        steps: [
          ...cycles.flatMap((minute, cycle): readonly Step[] => [
            {
              minute,
              ...(cycle === 0 && { what: "The service begins to flap: 503 for two of every five runs." }),
              act: ({ service }) => service.fail("overloaded"),
            },
            { minute: minute + 2 * every, act: ({ service }) => service.recover() },
          ]),
          { minute: 100 * every, what: "The service is steady again.", act: () => {} },
        ],
        causes: [{ alarm: "serviceUnstable", from: 10 * every, to: 97 * every }],
      };
    },
  },
  "single-timeouts": {
    description: "One run in ten gets no answer in time.",
    script: singleRuns(
      "From now on one run in ten gets no answer in time.",
      [10, 20, 30, 40, 50],
      ({ service }) => service.fail("unanswered"),
      ({ service }) => service.recover(),
    ),
  },
  "rate-limit": {
    description: "The account's limit is reached for ten minutes (429), with the opt-in alarm on it.",
    alarms: { rateLimited: { enabled: true } },
    script: outage(10, "The service answers 429.", "rate-limited", []),
  },
  "rate-limit-lasts": {
    description: "The account's limit is reached for an hour (429), with the opt-in alarm on it.",
    alarms: { rateLimited: { enabled: true } },
    script: outage(60, "The service answers 429.", "rate-limited", ["rateLimited"]),
  },
  "key-due": {
    description: "A key becomes 60 days old at minute 10, with the opt-in alarm on it.",
    alarms: { keyDueForRotation: { enabled: true, threshold: 60 } },
    script: (every) => ({
      minutes: 30 + 20 * every,
      steps: [{ minute: 10, what: "The key is 60 days old.", act: () => {} }],
      causes: [{ alarm: "keyDueForRotation", from: 10, to: 30 + 20 * every }],
    }),
  },
  "leaked-key": {
    description: "Somebody spends $2 a minute of the account's $100, with the opt-in alarms on the balance.",
    alarms: { lowBalance: { enabled: true, threshold: 50 }, balanceFallsFast: { enabled: true, threshold: 20 } },
    script: (every) => ({
      minutes: 50 + 5 * every,
      steps: [
        { minute: BEFORE_START, act: ({ service }) => service.hold(100) },
        { minute: 10, what: "A leaked key begins to spend $2 a minute.", act: () => {} },
        ...Array.from({ length: 40 }, (_, spent) => ({
          minute: 10 + spent,
          act: ({ service }: SimulatedAccount) => service.hold(100 - 2 * spent),
        })),
        { minute: 21, what: "More than $20 are gone.", act: () => {} },
        { minute: 36, what: "Less than $50 are left.", act: () => {} },
      ],
      causes: [
        { alarm: "balanceFallsFast", from: 21, to: 50 },
        { alarm: "lowBalance", from: 36, to: 50 + 5 * every },
      ],
    }),
  },
  "schedule-stops": {
    description: "The schedule is switched off at minute 10 and on again half an hour later.",
    script: trouble(
      "monitorSilent",
      ["The schedule stops.", (account) => account.stopSchedule()],
      ["The schedule runs again.", (account) => account.startSchedule()],
    ),
  },
  "secret-deleted": {
    description: "A secret is deleted at minute 10 and restored half an hour later.",
    script: trouble(
      "monitorSilent",
      ["The secret of the first connection is deleted.", (account) => account.deleteSecret(account.first)],
      ["The secret is restored.", (account) => account.restoreSecret(account.first)],
    ),
  },
  "bad-deployment": {
    description: "At minute 10 the function is deployed with a wrong environment: every run throws.",
    script: trouble(
      "monitorSilent",
      ["The function is deployed with a wrong environment.", (account) => account.breakFunction()],
      ["The deployment is taken back.", (account) => account.repairFunction()],
    ),
  },
});

/** The name of a scenario. */
export type ScenarioName = keyof typeof scenarios;

/** The scenarios in the order in which they are listed. */
export const scenarioNames = Object.keys(scenarios) as readonly ScenarioName[];

/** Keeps the names in the type, and nothing else of the table. */
function named<Name extends string>(all: Readonly<Record<Name, Scenario>>): Readonly<Record<Name, Scenario>> {
  return all;
}
