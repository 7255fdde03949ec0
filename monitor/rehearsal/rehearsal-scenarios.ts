import { outage, type Scenario, type Scene, SETTLING, singleRuns, trouble } from "./incident.ts";
import type { World } from "./simulated-account.ts";

const replaceKey: Scene["act"] = (world) => {
  world.rotate(world.first);
};

/** What can be rehearsed, by name: each has a `description` of one sentence. */
export const scenarios = named({
  quiet: {
    description: "Nothing goes wrong for an hour.",
    plot: (every) => ({ minutes: 60 * every, scenes: [], causes: [] }),
  },
  "first-deployment": {
    description: "The monitor is deployed at minute 0, with a key that works.",
    isDeployment: true,
    plot: (every) => ({
      minutes: 30 * every,
      scenes: [{ minute: 0, what: "The alarms are created, and the function runs for the first time.", act: () => {} }],
      causes: [],
    }),
  },
  "schedule-never-runs": {
    description: "The monitor is deployed at minute 0, and its schedule never fires.",
    isDeployment: true,
    plot: (every) => ({
      minutes: 20 + 10 * every,
      scenes: [
        { minute: 0, what: "The alarms are created, and the deployment runs the function once.", act: () => {} },
        { minute: 1, what: "The schedule should fire, and does not.", act: (world) => world.stopSchedule() },
      ],
      causes: [{ alarm: "monitorSilent", from: 1, to: 20 + 10 * every }],
    }),
  },
  "key-revoked": {
    description: "A key is revoked at minute 10 and replaced in the secret half an hour later.",
    plot: trouble(
      "keyRejected",
      ["The key of the first connection is revoked.", (world) => world.revoke(world.first)],
      ["A new key is stored in the secret.", replaceKey],
    ),
  },
  "key-revoked-before-outage": {
    description: "A key is revoked, then the service is down for ten minutes; the key stays revoked.",
    plot: (every) => ({
      minutes: 50 + 30 * every,
      scenes: [
        { minute: 10, what: "The key of the first connection is revoked.", act: (world) => world.revoke(world.first) },
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
    plot: (every) => {
      let revokeOld = () => {};
      return {
        minutes: 40 + 20 * every,
        scenes: [
          {
            minute: 10,
            what: "A new key is made and stored in the secret.",
            act: (world) => {
              revokeOld = world.rotate(world.first);
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
    plot: (every) => ({
      minutes: 60 * every,
      scenes: [
        {
          minute: 10 * every,
          what: "The first answer to each call is 401.",
          act: (world) => world.meets(world.first, "false-401"),
        },
        { minute: 11 * every, act: (world) => world.meets(world.first, "good") },
        {
          minute: 30 * every,
          what: "Every answer to one run is 401.",
          act: (world) => world.meets(world.first, "wrong-key"),
        },
        { minute: 31 * every, act: (world) => world.meets(world.first, "good") },
      ],
      causes: [],
    }),
  },
  unfunded: {
    description: "An account has no money left at minute 10 and is topped up half an hour later.",
    plot: trouble(
      "unfunded",
      ["The first connection's account has no money left.", (world) => world.meets(world.first, "unfunded")],
      ["The account is topped up.", (world) => world.meets(world.first, "good")],
    ),
  },
  "model-retired": {
    description: "The model is switched off at minute 10, and the connection changed half an hour later.",
    plot: trouble(
      "misconfigured",
      ["The service answers 400: the model was switched off.", (world) => world.meets(world.first, "retired-model")],
      ["The connection gets a model that the service has.", (world) => world.meets(world.first, "good")],
    ),
  },
  outage: {
    description: "The service answers 503 for ten minutes.",
    plot: outage(10, "The service answers 503.", "overloaded", ["serviceFailing"]),
  },
  "long-outage": {
    description: "The service answers 503 for half an hour.",
    plot: outage(30, "The service answers 503.", "overloaded", ["serviceFailing", "serviceDown"]),
  },
  "outage-with-401": {
    description: "In ten minutes of outage the service answers 401 to three good keys.",
    connections: 3,
    plot: outage(10, "The service answers 401 to every key.", "wrong-key", ["serviceFailing"]),
  },
  flapping: {
    description: "The service fails for two of every five runs, for an hour and a half.",
    plot: (every) => {
      const cycles = Array.from({ length: 18 }, (_, cycle) => (10 + cycle * 5) * every);
      return {
        minutes: 140 * every,
        scenes: [
          ...cycles.flatMap((minute, cycle): readonly Scene[] => [
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
    plot: singleRuns(
      "From now on one run in ten gets no answer in time.",
      [10, 20, 30, 40, 50],
      ({ service }) => service.fail("unanswered"),
      ({ service }) => service.recover(),
    ),
  },
  "rate-limit": {
    description: "The account's limit is reached for ten minutes (429), with the opt-in alarm on it.",
    alarms: { rateLimited: { enabled: true } },
    plot: outage(10, "The service answers 429.", "rate-limited", []),
  },
  "rate-limit-lasts": {
    description: "The account's limit is reached for an hour (429), with the opt-in alarm on it.",
    alarms: { rateLimited: { enabled: true } },
    plot: outage(60, "The service answers 429.", "rate-limited", ["rateLimited"]),
  },
  "key-due": {
    description: "A key becomes 60 days old at minute 10, with the opt-in alarm on it.",
    alarms: { keyDueForRotation: { enabled: true, threshold: 60 } },
    plot: (every) => ({
      minutes: 30 + 20 * every,
      scenes: [{ minute: 10, what: "The key is 60 days old.", act: () => {} }],
      causes: [{ alarm: "keyDueForRotation", from: 10, to: 30 + 20 * every }],
    }),
  },
  "leaked-key": {
    description: "Somebody spends $2 a minute of the account's $100, with the opt-in alarms on the balance.",
    alarms: { lowBalance: { enabled: true, threshold: 50 }, balanceFallsFast: { enabled: true, threshold: 20 } },
    plot: (every) => ({
      minutes: 50 + 5 * every,
      scenes: [
        { minute: SETTLING, act: ({ service }) => service.hold(100) },
        { minute: 10, what: "A leaked key begins to spend $2 a minute.", act: () => {} },
        ...Array.from({ length: 40 }, (_, spent) => ({
          minute: 10 + spent,
          act: ({ service }: World) => service.hold(100 - 2 * spent),
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
    plot: trouble(
      "monitorSilent",
      ["The schedule stops.", (world) => world.stopSchedule()],
      ["The schedule runs again.", (world) => world.startSchedule()],
    ),
  },
  "secret-deleted": {
    description: "A secret is deleted at minute 10 and restored half an hour later.",
    plot: trouble(
      "monitorSilent",
      ["The secret of the first connection is deleted.", (world) => world.deleteSecret(world.first)],
      ["The secret is restored.", (world) => world.restoreSecret(world.first)],
    ),
  },
  "bad-deployment": {
    description: "At minute 10 the function is deployed with a wrong environment: every run throws.",
    plot: trouble(
      "monitorSilent",
      ["The function is deployed with a wrong environment.", (world) => world.breakFunction()],
      ["The deployment is taken back.", (world) => world.repairFunction()],
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
