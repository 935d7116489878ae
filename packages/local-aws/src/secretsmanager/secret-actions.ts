import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import type { JsonObject } from '../core/json.ts';
import type { JsonAction } from '../core/json-protocol.ts';
import type { KeyRing } from '../core/key-ring.ts';
import { readInput } from '../core/read-input.ts';
import { tagList, tagMap } from '../core/tags.ts';
import { randomPassword } from './random-password.ts';
import type { Secret, SecretValue } from './secret.ts';
import { checkSecretKey } from './secret-encryption.ts';
import { checkName, invalidParameter, invalidRequest } from './secret-error.ts';
import type { SecretStore } from './secret-store.ts';

const id = z.string().min(1).max(2048);
const tag = z.strictObject({ Key: z.string().min(1).max(128), Value: z.string().max(256) });
const token = z.string().min(32).max(64).optional();
const value = {
  SecretString: z.string().max(65_536).optional(),
  SecretBinary: z.base64().max(90_000).optional(),
};
const about = { Description: z.string().max(2048).optional(), KmsKeyId: z.string().max(2048).optional() };
const stages = z.array(z.string().min(1).max(256)).min(1).max(20);
const paging = { MaxResults: z.int().min(1).max(100).default(100), NextToken: z.string().optional() };

const inputs = {
  create: z.strictObject({
    Name: z.string().min(1).max(512),
    ClientRequestToken: token,
    Tags: z.array(tag).max(50).default([]),
    ForceOverwriteReplicaSecret: z.literal(false).optional(),
    ...value,
    ...about,
  }),
  id: z.strictObject({ SecretId: id }),
  get: z.strictObject({ SecretId: id, VersionId: z.string().optional(), VersionStage: z.string().optional() }),
  put: z.strictObject({
    SecretId: id,
    ClientRequestToken: token,
    VersionStages: stages.optional(),
    ...value,
  }),
  update: z.strictObject({ SecretId: id, ClientRequestToken: token, ...value, ...about }),
  delete: z.strictObject({
    SecretId: id,
    RecoveryWindowInDays: z.int().optional(),
    ForceDeleteWithoutRecovery: z.boolean().optional(),
  }),
  list: z.strictObject({
    ...paging,
    SortOrder: z.enum(['asc', 'desc']).optional(),
    IncludePlannedDeletion: z.boolean().default(false),
    Filters: z.array(z.strictObject({ Key: z.enum(['name']), Values: z.array(z.string()) })).default([]),
  }),
  versions: z.strictObject({ SecretId: id, IncludeDeprecated: z.boolean().default(false), ...paging }),
  stage: z.strictObject({
    SecretId: id,
    VersionStage: z.string().min(1).max(256),
    RemoveFromVersionId: z.string().optional(),
    MoveToVersionId: z.string().optional(),
  }),
  tag: z.strictObject({ SecretId: id, Tags: z.array(tag).max(50) }),
  untag: z.strictObject({ SecretId: id, TagKeys: z.array(z.string()) }),
  policy: z.strictObject({
    SecretId: id,
    ResourcePolicy: z.string().min(1).max(20_480),
    BlockPublicPolicy: z.boolean().optional(),
  }),
  password: z.strictObject({
    PasswordLength: z.int().min(1).max(4096).optional(),
    ExcludeCharacters: z.string().max(4096).optional(),
    ExcludeLowercase: z.boolean().optional(),
    ExcludeNumbers: z.boolean().optional(),
    ExcludePunctuation: z.boolean().optional(),
    ExcludeUppercase: z.boolean().optional(),
    IncludeSpace: z.boolean().optional(),
    RequireEachIncludedType: z.boolean().optional(),
  }),
};

/** Secrets Manager, without rotation and replicas. */
export function secretActions(store: SecretStore, keys: KeyRing): Readonly<Record<string, JsonAction>> {
  return {
    CreateSecret(input, { region, principal }) {
      const { Name, ClientRequestToken, Tags, ...given } = read(input, inputs.create);
      checkName(Name);
      checkSecretKey(keys, { kmsKeyId: given.KmsKeyId }, principal, 'encrypt');
      const secret = store.create(region, {
        name: Name,
        token: ClientRequestToken,
        tags: Tags.length === 0 ? undefined : tagMap(Tags),
        value: valueIn(given),
        ...aboutIn(given),
      });
      return { ...identity(secret), VersionId: secret.versions[0]?.id };
    },
    GetSecretValue(input, { region, principal }) {
      const { SecretId, VersionId, VersionStage } = read(input, inputs.get);
      const secret = store.usable(region, SecretId);
      const version = store.version(secret, { versionId: VersionId, stage: VersionStage });
      checkSecretKey(keys, secret, principal, 'decrypt');
      store.noteAccess(secret, version);
      return {
        ...identity(secret),
        VersionId: version.id,
        ...(version.text !== undefined && { SecretString: version.text }),
        ...(version.binary !== undefined && { SecretBinary: version.binary }),
        VersionStages: version.stages,
        CreatedDate: version.createdAt / 1000,
      };
    },
    PutSecretValue(input, { region, principal }) {
      const { SecretId, ClientRequestToken, VersionStages, ...given } = read(input, inputs.put);
      const secret = store.usable(region, SecretId);
      const put = valueIn(given);
      if (put === undefined) throw invalidRequest('You must provide either SecretString or SecretBinary.');
      checkSecretKey(keys, secret, principal, 'encrypt');
      const version = store.putValue(secret, put, { token: ClientRequestToken, stages: VersionStages });
      return { ...identity(secret), VersionId: version.id, VersionStages: version.stages };
    },
    UpdateSecret(input, { region, principal }) {
      const { SecretId, ClientRequestToken, ...given } = read(input, inputs.update);
      const put = valueIn(given);
      const present = store.usable(region, SecretId);
      if (put !== undefined || given.KmsKeyId !== undefined) {
        checkSecretKey(keys, { ...present, ...aboutIn(given) }, principal, 'encrypt');
      }
      const secret = store.change(present, aboutIn(given));
      const version = put && store.putValue(secret, put, { token: ClientRequestToken });
      return { ...identity(secret), ...(version !== undefined && { VersionId: version.id }) };
    },
    DescribeSecret: (input, { region }) => describe(store.find(region, read(input, inputs.id).SecretId)),
    ListSecrets(input, { region }) {
      const { MaxResults, NextToken, IncludePlannedDeletion, Filters, SortOrder } = read(input, inputs.list);
      const listed = [...store.entries(region)].filter(
        (secret) =>
          (IncludePlannedDeletion || secret.deletionAt === undefined) &&
          Filters.every(({ Values }) =>
            Values.some((prefix) => secret.name.toLowerCase().startsWith(prefix.toLowerCase())),
          ),
      );
      if (SortOrder === 'desc') listed.reverse();
      const { items, next } = pageOf(listed, MaxResults, NextToken);
      return { SecretList: items.map(describe), ...next };
    },
    ListSecretVersionIds(input, { region }) {
      const { SecretId, IncludeDeprecated, MaxResults, NextToken } = read(input, inputs.versions);
      const secret = store.find(region, SecretId);
      const listed = secret.versions.filter((version) => IncludeDeprecated || version.stages.length > 0);
      const { items, next } = pageOf(listed, MaxResults, NextToken);
      return {
        ...identity(secret),
        Versions: items.map(({ id, stages, createdAt, accessedAt }) => ({
          VersionId: id,
          ...(stages.length > 0 && { VersionStages: stages }),
          ...(accessedAt !== undefined && { LastAccessedDate: accessedAt / 1000 }),
          CreatedDate: createdAt / 1000,
          KmsKeyIds: [secret.kmsKeyId ?? 'DefaultEncryptionKey'],
        })),
        ...next,
      };
    },
    UpdateSecretVersionStage(input, { region }) {
      const { SecretId, VersionStage, RemoveFromVersionId, MoveToVersionId } = read(input, inputs.stage);
      const secret = store.usable(region, SecretId);
      for (const versionId of [RemoveFromVersionId, MoveToVersionId]) {
        if (versionId !== undefined) store.version(secret, { versionId });
      }
      const holder = secret.versions.find((version) => version.stages.includes(VersionStage));
      if (holder !== undefined && holder.id !== RemoveFromVersionId && holder.id !== MoveToVersionId) {
        throw invalidParameter(
          `The parameter RemoveFromVersionId can't be empty. Staging label ${VersionStage} is currently attached to version ${holder.id}, so you must explicitly reference that version in RemoveFromVersionId.`,
        );
      }
      return identity(store.moveStage(secret, VersionStage, MoveToVersionId));
    },
    DeleteSecret(input, { region }) {
      const { SecretId, RecoveryWindowInDays, ForceDeleteWithoutRecovery } = read(input, inputs.delete);
      const deleted = remove(store, region, SecretId, RecoveryWindowInDays, ForceDeleteWithoutRecovery === true);
      return { ...identity(deleted), DeletionDate: (deleted.deletionAt ?? 0) / 1000 };
    },
    RestoreSecret: (input, { region }) => identity(store.restore(store.find(region, read(input, inputs.id).SecretId))),
    TagResource(input, { region }) {
      const { SecretId, Tags } = read(input, inputs.tag);
      const secret = store.usable(region, SecretId);
      store.change(secret, { tags: { ...secret.tags, ...tagMap(Tags) } });
      return {};
    },
    UntagResource(input, { region }) {
      const { SecretId, TagKeys } = read(input, inputs.untag);
      const secret = store.usable(region, SecretId);
      const kept = Object.entries(secret.tags ?? {}).filter(([key]) => !TagKeys.includes(key));
      store.change(secret, { tags: Object.fromEntries(kept) });
      return {};
    },
    PutResourcePolicy(input, { region }) {
      const { SecretId, ResourcePolicy } = read(input, inputs.policy);
      return identity(store.change(store.usable(region, SecretId), { policy: ResourcePolicy }));
    },
    GetResourcePolicy(input, { region }) {
      const secret = store.usable(region, read(input, inputs.id).SecretId);
      return { ...identity(secret), ...(secret.policy !== undefined && { ResourcePolicy: secret.policy }) };
    },
    DeleteResourcePolicy: (input, { region }) =>
      identity(store.change(store.usable(region, read(input, inputs.id).SecretId), { policy: undefined })),
    GetRandomPassword: (input) => ({ RandomPassword: randomPassword(read(input, inputs.password)) }),
  };
}

function remove(
  store: SecretStore,
  region: string,
  secretId: string,
  days: number | undefined,
  isForced: boolean,
): Secret {
  if (isForced && days !== undefined) {
    throw invalidParameter("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
  }
  if (days !== undefined && (days < 7 || days > 30)) {
    throw invalidParameter('RecoveryWindowInDays value must be between 7 and 30 days (inclusive).');
  }
  const secret = isForced ? store.find(region, secretId) : store.usable(region, secretId);
  return store.delete(secret, isForced ? undefined : (days ?? 30));
}

function read<S extends z.ZodType>(input: JsonObject, schema: S): z.output<S> {
  return readInput(input, schema);
}

function valueIn({
  SecretString,
  SecretBinary,
}: {
  SecretString?: string | undefined;
  SecretBinary?: string | undefined;
}): SecretValue | undefined {
  if (SecretString !== undefined && SecretBinary !== undefined) {
    throw new AwsError(
      'InvalidParameterException',
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  }
  if (SecretString !== undefined) return { text: SecretString };
  return SecretBinary === undefined ? undefined : { binary: SecretBinary };
}

function aboutIn({ Description, KmsKeyId }: { Description?: string | undefined; KmsKeyId?: string | undefined }) {
  return {
    ...(Description !== undefined && { description: Description }),
    ...(KmsKeyId !== undefined && { kmsKeyId: KmsKeyId }),
  };
}

function identity({ arn, name }: Secret): JsonObject {
  return { ARN: arn, Name: name };
}

function describe(secret: Secret): JsonObject {
  const { description = '', kmsKeyId, deletedAt, accessedAt, tags } = secret;
  const versions = secret.versions.filter((version) => version.stages.length > 0);
  return {
    ...identity(secret),
    ...(description !== '' && { Description: description }),
    ...(kmsKeyId !== undefined && { KmsKeyId: kmsKeyId }),
    LastChangedDate: secret.changedAt / 1000,
    ...(accessedAt !== undefined && { LastAccessedDate: accessedAt / 1000 }),
    CreatedDate: secret.createdAt / 1000,
    ...(deletedAt !== undefined && { DeletedDate: deletedAt / 1000 }),
    ...(tags !== undefined && { Tags: tagList(tags).map(({ Key, Value }) => ({ Key, Value })) }),
    ...(versions.length > 0 && {
      VersionIdsToStages: Object.fromEntries(versions.map((version) => [version.id, version.stages])),
    }),
  };
}

function pageOf<T>(
  items: readonly T[],
  size: number,
  pageToken = '0',
): { readonly items: readonly T[]; readonly next: { readonly NextToken?: string } } {
  if (!/^\d+$/.test(pageToken)) throw new AwsError('InvalidNextTokenException', 'The NextToken value is invalid.');
  const start = Number(pageToken);
  const end = start + size;
  return { items: items.slice(start, end), next: end < items.length ? { NextToken: String(end) } : {} };
}
