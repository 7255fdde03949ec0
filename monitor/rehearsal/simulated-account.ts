import { sandboxKey } from "../../provider/sandbox/accounts.ts";
import type { ScenarioName } from "../../provider/sandbox/scenarios.ts";
import type { SimulatedService } from "./simulated-service.ts";

/** A connection of the rehearsal and where its key is stored. */
interface Member {
  readonly name: string;
  readonly secretArn: string;
  /** The secret's property that contains the key, if a shard shares one secret. */
  readonly secretField: string | undefined;
  /** The key that is in use now. */
  key: string;
}

interface Secret {
  /** The keys by field; a secret of one connection has only the field `""`. */
  readonly keys: Map<string, string>;
  createdAt: Date;
  deleted: boolean;
}

/** What a scenario can change: keys, secrets, the service, the schedule and the function. */
export class SimulatedAccount {
  readonly service: SimulatedService;
  readonly #now: () => number;
  readonly #members = new Map<string, Member>();
  readonly #secrets = new Map<string, Secret>();
  #keysMade = 0;
  #isScheduled = true;
  #isSound = true;

  constructor(service: SimulatedService, now: () => number) {
    this.service = service;
    this.#now = now;
  }

  /** @param createdAt when the connection's key was stored */
  add(name: string, secretArn: string, secretField: string | undefined, createdAt: Date): void {
    const key = this.#newKey();
    this.#members.set(name, { name, secretArn, secretField, key });
    const secret = this.#secrets.get(secretArn) ?? { keys: new Map(), createdAt, deleted: false };
    secret.keys.set(secretField ?? "", key);
    this.#secrets.set(secretArn, secret);
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
    const member = this.#member(connection);
    const old = member.key;
    member.key = this.#newKey();
    const secret = this.#secret(member.secretArn);
    secret.keys.set(member.secretField ?? "", member.key);
    secret.createdAt = new Date(this.#now());
    return () => this.service.use(old, "wrong-key");
  }

  deleteSecret(connection: string): void {
    this.#secret(this.#member(connection).secretArn).deleted = true;
  }

  restoreSecret(connection: string): void {
    this.#secret(this.#member(connection).secretArn).deleted = false;
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

  /** Returns the secret's value as AWS Secrets Manager does, or `undefined` if the secret was deleted. */
  readSecret(arn: string): { readonly value: string; readonly createdAt: Date } | undefined {
    const secret = this.#secrets.get(arn);
    if (secret === undefined || secret.deleted) return undefined;
    const single = secret.keys.get("");
    return { value: single ?? JSON.stringify(Object.fromEntries(secret.keys)), createdAt: secret.createdAt };
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

  #secret(arn: string): Secret {
    const secret = this.#secrets.get(arn);
    if (secret === undefined) throw new Error(`The rehearsal has no secret '${arn}'.`);
    return secret;
  }
}
