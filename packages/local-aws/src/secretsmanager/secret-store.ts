import { randomUUID } from 'node:crypto';
import { AwsError } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import { NameIndex } from '../core/name-index.ts';
import type { Collection, StateStore } from '../core/state-store.ts';
import {
  current,
  newSecretArn,
  pending,
  previous,
  type Secret,
  type SecretValue,
  type SecretVersion,
  secretSchema,
} from './secret.ts';
import { checkName, invalidRequest, secretNotFound, valueNotFound } from './secret-error.ts';

type NewSecret = {
  readonly name: string;
  readonly value: SecretValue | undefined;
  readonly token: string | undefined;
  readonly tags: Record<string, string> | undefined;
} & Partial<Pick<Secret, 'description' | 'kmsKeyId'>>;

export type VersionQuery = { readonly versionId?: string | undefined; readonly stage?: string | undefined };

const day = 24 * 60 * 60 * 1000;
const keptVersions = 100;

/** The secrets of all regions. */
export class SecretStore {
  readonly #clock: Clock;
  readonly #kept: Collection<Secret>;
  readonly #regions = new Map<string, NameIndex<Secret>>();

  constructor(clock: Clock, state: StateStore) {
    this.#clock = clock;
    this.#kept = state.collection('secretsmanager/secrets', secretSchema);
    for (const [, secret] of this.#kept.entries()) this.#index(secret.region).set(secret.name, secret);
  }

  /** @throws AwsError when there is a secret of that name */
  create(region: string, { name, value, token = randomUUID(), tags, ...given }: NewSecret): Secret {
    const existing = this.#present(region, name);
    if (existing?.deletionAt !== undefined) {
      throw invalidRequest(
        "You can't create this secret because a secret with this name is already scheduled for deletion.",
      );
    }
    if (existing !== undefined) {
      const version = existing.versions.find(({ id }) => id === token);
      if (version !== undefined && isSame(version, value ?? {})) return existing;
      throw new AwsError('ResourceExistsException', `The operation failed because the secret ${name} already exists.`);
    }
    const now = this.#clock.now();
    const versions = value === undefined ? [] : [{ ...value, id: token, stages: [current], createdAt: now }];
    const secretArn = newSecretArn(region, name);
    return this.#keep({ ...given, name, arn: secretArn, region, createdAt: now, changedAt: now, tags, versions });
  }

  /** Adds a version; the one that was current becomes the previous one. @throws AwsError */
  putValue(
    secret: Secret,
    value: SecretValue,
    {
      token = randomUUID(),
      stages = [current],
    }: { token?: string | undefined; stages?: readonly string[] | undefined } = {},
  ): SecretVersion {
    const known = secret.versions.find(({ id }) => id === token);
    if (known !== undefined) {
      if (isSame(known, value)) return known;
      throw new AwsError(
        'ResourceExistsException',
        `You can't use ClientRequestToken ${token} because that value is already in use for a version of secret ${secret.arn}.`,
      );
    }
    const version: SecretVersion = { ...value, id: token, stages: [], createdAt: this.#clock.now() };
    const changed = this.#keep({ ...secret, versions: [...secret.versions, version], changedAt: this.#clock.now() });
    // The first version is the current one, whatever its stages.
    const wanted = secret.versions.length === 0 ? [...new Set([current, ...stages])] : stages;
    let last = changed;
    for (const stage of wanted) last = this.moveStage(last, stage, version.id);
    return last.versions.find(({ id }) => id === token) ?? version;
  }

  /** Puts a stage on a version, off every other; without one, off all. AWSPREVIOUS follows AWSCURRENT. */
  moveStage(secret: Secret, stage: string, versionId: string | undefined): Secret {
    const wasCurrent = secret.versions.find(({ stages }) => stages.includes(current));
    const moved = withStage(secret.versions, stage, versionId);
    const hasMoved = stage === current && wasCurrent !== undefined && wasCurrent.id !== versionId;
    const versions = hasMoved ? withStage(withoutPending(moved, wasCurrent.id), previous, wasCurrent.id) : moved;
    const isInUse = ({ stages }: SecretVersion, index: number): boolean =>
      stages.length > 0 || index >= versions.length - keptVersions;
    return this.#keep({ ...secret, versions: versions.filter(isInUse), changedAt: this.#clock.now() });
  }

  change(secret: Secret, changes: Partial<Pick<Secret, 'description' | 'kmsKeyId' | 'policy' | 'tags'>>): Secret {
    return this.#keep({ ...secret, ...changes, changedAt: this.#clock.now() });
  }

  /** Notes the day on which a version was read, as AWS shows it. */
  noteAccess(secret: Secret, version: SecretVersion): void {
    const now = this.#clock.now();
    const accessedAt = now - (now % day);
    if (version.accessedAt === accessedAt) return;
    const versions = secret.versions.map((known) => (known.id === version.id ? { ...known, accessedAt } : known));
    this.#keep({ ...secret, accessedAt, versions });
  }

  /** @param id the name, the ARN, or the ARN without its last six characters. @throws AwsError */
  find(region: string, id: string): Secret {
    const named = /^arn:[^:]+:secretsmanager:([^:]*):[^:]*:secret:(.+)$/.exec(id);
    if (named === null && !id.startsWith('arn:')) checkName(id);
    const [, inRegion = region, name = id] = named ?? [];
    const exact = this.#present(inRegion, name);
    if (exact !== undefined) return exact;
    const ofArn = named === null ? undefined : this.#present(inRegion, name.replace(/-[A-Za-z0-9]{6}$/, ''));
    if (ofArn === undefined || ofArn.arn !== id) throw secretNotFound();
    return ofArn;
  }

  /** As `find`, for what cannot be done with a secret that is marked for deletion. @throws AwsError */
  usable(region: string, id: string): Secret {
    const secret = this.find(region, id);
    if (secret.deletionAt === undefined) return secret;
    throw invalidRequest("You can't perform this operation on the secret because it was marked for deletion.");
  }

  /** @throws AwsError when the version does not exist, or does not have the stage */
  version(secret: Secret, { versionId, stage }: VersionQuery): SecretVersion {
    const wanted = stage ?? (versionId === undefined ? current : undefined);
    const found = secret.versions.find(
      ({ id, stages }) =>
        (versionId === undefined || id === versionId) && (wanted === undefined || stages.includes(wanted)),
    );
    if (found !== undefined) return found;
    if (secret.versions.some(({ id }) => id === versionId)) {
      throw invalidRequest('You provided a VersionStage that is not associated to the provided VersionId.');
    }
    throw valueNotFound(versionId === undefined ? `staging label: ${wanted}` : `VersionId: ${versionId}`);
  }

  /** In the order of their names. */
  *entries(region: string, after?: string): Generator<Secret> {
    for (const [name, secret] of this.#index(region).entries('', after)) {
      if (this.#present(region, name) !== undefined) yield secret;
    }
  }

  /** @param recoveryDays undefined deletes it now */
  delete(secret: Secret, recoveryDays: number | undefined): Secret {
    const now = this.#clock.now();
    if (recoveryDays !== undefined) {
      return this.#keep({ ...secret, deletedAt: now, deletionAt: now + recoveryDays * day });
    }
    this.#forget(secret);
    return { ...secret, deletionAt: now };
  }

  restore(secret: Secret): Secret {
    return this.#keep({ ...secret, deletedAt: undefined, deletionAt: undefined });
  }

  /** A secret, unless the time of its deletion has come. */
  #present(region: string, name: string): Secret | undefined {
    const secret = this.#index(region).get(name);
    return secret?.deletionAt !== undefined && secret.deletionAt <= this.#clock.now() ? undefined : secret;
  }

  #keep(secret: Secret): Secret {
    this.#index(secret.region).set(secret.name, secret);
    this.#kept.put(keyOf(secret), secret);
    return secret;
  }

  #forget(secret: Secret): void {
    this.#index(secret.region).delete(secret.name);
    this.#kept.delete(keyOf(secret));
  }

  #index(region: string): NameIndex<Secret> {
    const index = this.#regions.get(region) ?? new NameIndex<Secret>();
    this.#regions.set(region, index);
    return index;
  }
}

/** A version that was current is no candidate for it any more. */
function withoutPending(versions: readonly SecretVersion[], versionId: string): SecretVersion[] {
  return versions.map((version) =>
    version.id === versionId ? { ...version, stages: version.stages.filter((stage) => stage !== pending) } : version,
  );
}

function withStage(versions: readonly SecretVersion[], stage: string, versionId: string | undefined): SecretVersion[] {
  return versions.map((version) => {
    const others = version.stages.filter((candidate) => candidate !== stage);
    return { ...version, stages: version.id === versionId ? [...others, stage] : others };
  });
}

function isSame(version: SecretValue, value: SecretValue): boolean {
  return version.text === value.text && version.binary === value.binary;
}

function keyOf({ region, name }: Secret): string {
  return `${region}\n${name}`;
}
