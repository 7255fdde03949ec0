import { sandboxKey } from "../../provider/sandbox/accounts.ts";
import type { ScenarioName } from "../../provider/sandbox/scenarios.ts";
import type { StoredConnection } from "../lambda/shard-secret.ts";
import { SERVICE_URL, type SimulatedService } from "./simulated-service.ts";

/** A connection of the rehearsal. */
interface Member {
  readonly name: string;
  /** The name of its shard's secret. */
  readonly shard: string;
  /** The secret that contains its key: its shard's, or one of the user's own. */
  readonly secret: string;
  /** The key that is in use now. */
  key: string;
}

/** How the keys of an account are stored. */
export interface KeyStorage {
  /** Whether all connections have the same key. */
  readonly hasOneKey: boolean;
  /** Whether each connection's key is in a secret of the user's own. */
  readonly hasOwnSecrets: boolean;
}

interface Secret {
  createdAt: Date;
  deleted: boolean;
}

/** What a scenario can change: keys, secrets, the service, the schedule and the function. */
export class SimulatedAccount {
  readonly service: SimulatedService;
  readonly #now: () => number;
  readonly #members = new Map<string, Member>();
  readonly #secrets = new Map<string, Secret>();
  readonly #storage: KeyStorage;
  #sharedKey: string | undefined;
  #keysMade = 0;
  #isScheduled = true;
  #isSound = true;

  constructor(service: SimulatedService, now: () => number, storage: KeyStorage) {
    this.service = service;
    this.#now = now;
    this.#storage = storage;
  }

  /**
   * @param shard the name of the shard's secret
   * @param createdAt when the connection's key was stored
   */
  add(name: string, shard: string, createdAt: Date): void {
    const { hasOneKey, hasOwnSecrets } = this.#storage;
    const key = this.#sharedKey ?? this.#newKey();
    if (hasOneKey) this.#sharedKey = key;
    const secret = hasOwnSecrets ? ownSecret(name) : shard;
    this.#members.set(name, { name, shard, secret, key });
    for (const stored of new Set([shard, secret])) this.#secrets.set(stored, { createdAt, deleted: false });
  }

  /** The names of all connections. */
  get all(): readonly string[] {
    return [...this.#members.keys()];
  }

  /** The first connection, which scenarios about a single key change. */
  get first(): string {
    return [...this.#members.keys()][0] ?? "";
  }

  /** Sets how the service answers a connection's key from now on. */
  meets(connection: string, state: ScenarioName): void {
    this.service.use(this.#member(connection).key, state);
  }

  revoke(connection: string): void {
    this.meets(connection, "wrong-key");
  }

  /** Creates a new key and stores it. The old key keeps working. @returns a function that revokes the old key */
  rotate(connection: string): () => void {
    const { key: old } = this.#member(connection);
    const key = this.#newKey();
    // A key that several connections share is replaced in all of them.
    for (const member of this.#members.values()) {
      if (member.key !== old) continue;
      member.key = key;
      this.#secret(member.secret).createdAt = new Date(this.#now());
    }
    return () => this.service.use(old, "wrong-key");
  }

  /** Deletes the secret that contains a connection's key: its shard's, or one of the user's own. */
  deleteSecret(connection: string): void {
    this.#secret(this.#member(connection).secret).deleted = true;
  }

  restoreSecret(connection: string): void {
    this.#secret(this.#member(connection).secret).deleted = false;
  }

  stopSchedule(): void {
    this.#isScheduled = false;
  }

  startSchedule(): void {
    this.#isScheduled = true;
  }

  /** Whether the schedules fire. */
  get isScheduled(): boolean {
    return this.#isScheduled;
  }

  breakFunction(): void {
    this.#isSound = false;
  }

  repairFunction(): void {
    this.#isSound = true;
  }

  /** Whether the function's environment is as it was deployed. */
  get isSound(): boolean {
    return this.#isSound;
  }

  /** Returns the value of a secret as AWS Secrets Manager does, or `undefined` if it was deleted. */
  readSecret(name: string): { readonly value: string; readonly createdAt: Date } | undefined {
    const secret = this.#secret(name);
    if (secret.deleted) return undefined;
    const members = [...this.#members.values()];
    const own = members.find((member) => member.secret === name && member.shard !== name);
    if (own !== undefined) return { value: own.key, createdAt: secret.createdAt };
    const connections = members
      .filter(({ shard }) => shard === name)
      .map((member): StoredConnection => {
        const key = member.secret === name ? { apiKey: member.key } : { secretArn: member.secret };
        return { name: member.name, baseUrl: SERVICE_URL, ...key };
      });
    return { value: JSON.stringify({ connections }), createdAt: secret.createdAt };
  }

  #newKey(): string {
    this.#keysMade += 1;
    const key = sandboxKey(`rehearsal ${this.#keysMade}`);
    this.service.use(key, "good");
    return key;
  }

  #member(connection: string): Member {
    const member = this.#members.get(connection);
    if (member === undefined) throw new Error(`The rehearsal has no connection '${connection}'.`);
    return member;
  }

  #secret(name: string): Secret {
    const secret = this.#secrets.get(name);
    if (secret === undefined) throw new Error(`The rehearsal has no secret '${name}'.`);
    return secret;
  }
}

function ownSecret(connection: string): string {
  return `arn:aws:secretsmanager:eu-central-1:111122223333:secret:${connection}-AbCdEf`;
}
