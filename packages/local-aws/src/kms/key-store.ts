import type { Clock } from '../core/clock.ts';
import { NameIndex } from '../core/name-index.ts';
import type { Collection, StateStore } from '../core/state-store.ts';
import type { TagMap } from '../core/tags.ts';
import { AliasStore } from './alias-store.ts';
import { type Key, keyArn, keySchema, managingServices, newKeyId, newMaterial } from './key.ts';
import { managedKeyPolicy } from './key-policy.ts';
import { aliasNotFound, disabled, keyNotFound, notFound, pendingDeletion } from './kms-error.ts';

type NewKey = {
  readonly description: string;
  /** As JSON. */
  readonly policy: string;
  readonly tags: TagMap;
  readonly managedFor?: string;
};

export type KeyChanges = Partial<
  Pick<Key, 'description' | 'policy' | 'tags' | 'isEnabled' | 'deletionAt' | 'rotation'>
>;

/** In the words of AWS's descriptions. */
const protectedBy: Readonly<Record<(typeof managingServices)[number], string>> = {
  dynamodb: 'DynamoDB data',
  lambda: 'Lambda functions',
  s3: 'S3 objects',
  secretsmanager: 'Secrets Manager data',
  sns: 'SNS data',
  sqs: 'SQS messages',
  ssm: 'SSM parameters',
};

const day = 24 * 60 * 60 * 1000;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const multiRegionId = /^mrk-[0-9a-f]{32}$/;

/** The keys of one region with their material, and the aliases. A key whose time has come is deleted when it is next looked for. */
export class KeyStore {
  readonly region: string;
  readonly aliases: AliasStore;
  readonly #clock: Clock;
  readonly #kept: Collection<Key>;
  readonly #keys = new NameIndex<Key>();

  constructor(clock: Clock, state: StateStore, region: string) {
    this.region = region;
    this.aliases = new AliasStore(clock, state, region);
    this.#clock = clock;
    this.#kept = state.collection('kms/keys', keySchema);
    for (const [id, key] of this.#kept.entries()) this.#keys.set(id, key);
  }

  create({ description, policy, tags, managedFor }: NewKey): Key {
    return this.#keep({
      id: newKeyId(),
      region: this.region,
      createdAt: this.#clock.now(),
      description,
      policy,
      tags: { ...tags },
      isEnabled: true,
      ...(managedFor !== undefined && { managedFor }),
      materials: [newMaterial()],
    });
  }

  /** @param reference an id, an ARN, an alias or the ARN of an alias. @throws AwsError NotFoundException */
  find(reference: string): Key {
    const named = /^arn:[^:]+:kms:([^:]*):[^:]*:(.+)$/.exec(reference);
    const [, region = this.region, rest = reference] = named ?? [];
    if (region !== this.region) throw notFound(`Invalid arn ${region}`);
    if (rest.startsWith('alias/')) return this.#ofAlias(rest);
    return this.byId(named === null ? rest : rest.replace(/^key\//, ''));
  }

  /** @throws AwsError NotFoundException */
  byId(id: string): Key {
    if (!uuid.test(id) && !multiRegionId.test(id)) throw notFound(`Invalid keyId '${id}'`);
    const key = this.#present(id);
    if (key === undefined) throw keyNotFound(keyArn(this.region, id));
    return key;
  }

  /** As `find`, for a key that encrypts or decrypts. @throws AwsError also DisabledException and KMSInvalidStateException */
  usable(reference: string): Key {
    const key = this.notPendingDeletion(reference);
    if (!key.isEnabled) throw disabled(keyArn(this.region, key.id));
    return key;
  }

  /** @throws AwsError NotFoundException, KMSInvalidStateException */
  notPendingDeletion(reference: string): Key {
    const key = this.find(reference);
    if (key.deletionAt !== undefined) throw pendingDeletion(keyArn(this.region, key.id));
    return key;
  }

  change(key: Key, changes: KeyChanges): Key {
    return this.#keep({ ...key, ...changes });
  }

  /** @param days until the key is deleted */
  scheduleDeletion(key: Key, days: number): Key {
    return this.#keep({ ...key, isEnabled: false, deletionAt: this.#clock.now() + days * day });
  }

  /** @param days between two rotations; undefined for none */
  setRotation(key: Key, days: number | undefined): Key {
    return this.change(key, {
      rotation: days === undefined ? undefined : { days, nextAt: this.#clock.now() + days * day },
    });
  }

  /** Ids in their order. */
  *ids(after?: string): Generator<string> {
    for (const id of [...this.#keys.keys()]) {
      if ((after === undefined || id > after) && this.#present(id) !== undefined) yield id;
    }
  }

  /** Whether there is a key that callers of other services need permissions for. */
  get hasCustomerKeys(): boolean {
    for (const { managedFor } of this.#keys.values()) if (managedFor === undefined) return true;
    return false;
  }

  /** The key of an AWS service is made when its alias is first used. */
  #ofAlias(name: string): Key {
    const alias = this.aliases.find(name);
    const key = alias && this.#present(alias.keyId);
    if (key !== undefined) return key;
    const service = managingServices.find((candidate) => name === `alias/aws/${candidate}`);
    if (service === undefined) throw aliasNotFound(this.aliases.arnOf(name));
    const managed = this.create({
      description: `Default key that protects my ${protectedBy[service]} when no other key is defined`,
      policy: JSON.stringify(managedKeyPolicy(service, this.region)),
      tags: {},
      managedFor: service,
    });
    this.aliases.put(name, managed.id);
    return managed;
  }

  #present(id: string): Key | undefined {
    const key = this.#keys.get(id);
    if (key?.deletionAt !== undefined && key.deletionAt <= this.#clock.now()) {
      this.#keys.delete(id);
      this.#kept.delete(id);
      this.aliases.deleteOf(id);
      return undefined;
    }
    return key?.rotation === undefined ? key : this.#rotated(key, key.rotation);
  }

  #rotated(key: Key, { days, nextAt }: NonNullable<Key['rotation']>): Key {
    const now = this.#clock.now();
    if (nextAt > now || !key.isEnabled) return key;
    const passed = Math.floor((now - nextAt) / (days * day)) + 1;
    const rotation = { days, nextAt: nextAt + passed * days * day };
    return this.#keep({ ...key, rotation, materials: [...key.materials, newMaterial()] });
  }

  #keep(key: Key): Key {
    this.#keys.set(key.id, key);
    this.#kept.put(key.id, key);
    return key;
  }
}
