import { scalingResourceTypes } from '../applicationautoscaling/scaling-resource-types.ts';
import { type DynamoDb, startDynamoDb } from '../dynamodb/start-dynamodb.ts';
import type { Consumers } from '../event-sources/consumers.ts';
import { watchTableWrites } from '../event-sources/watch-table-writes.ts';
import type { AccessControl } from '../iam/access-check.ts';
import { mayLogsUse } from '../iam/log-key-access.ts';
import { createKms, type Kms } from '../kms/kms.ts';
import { limitedQueues } from '../limits/limited-messaging.ts';
import { limitedTables } from '../limits/limited-tables.ts';
import { createLogs, type Logs } from '../logs/logs.ts';
import type { S3 } from '../s3/s3.ts';
import { createSecretsManager, type SecretsManager } from '../secretsmanager/secrets-manager.ts';
import { createSqs, type Sqs } from '../sqs/sqs.ts';
import { createSsm, type Ssm } from '../ssm/ssm.ts';
import type { Foundation } from './foundation.ts';

export type Storage = {
  readonly dynamoDb: DynamoDb;
  readonly kms: Kms;
  readonly logs: Logs;
  readonly s3: S3;
  readonly secrets: SecretsManager;
  readonly sqs: Sqs;
  readonly ssm: Ssm;
};

type StorageOptions = {
  /** Buckets are those of all regions. */
  readonly s3: S3;
  readonly access: AccessControl;
  readonly dynamoDbEngine: string | undefined;
  readonly onLog: ((group: string, message: string) => void) | undefined;
  /** Get to know of writes to tables; those that are added later too. */
  readonly consumers: readonly Consumers[];
};

/** The services that need no other but KMS: tables, log groups, queues, parameters and secrets. */
export async function registerStorage(
  { clock, state, region, services, observer, watcher, limits, endpointUrl, onError, onNote }: Foundation,
  { s3, access, dynamoDbEngine, onLog, consumers }: StorageOptions,
): Promise<Storage> {
  const nudge = (tableNames: readonly string[]): void => {
    for (const consumer of consumers) consumer.nudge(tableNames);
  };
  // Keys are configuration, and so are parameters and secrets: a reset of the data keeps them.
  const kms = createKms({ clock, state, region, refusal: (...asked) => access.refusal(...asked) });
  services.register({
    apis: { kms: kms.api },
    resourceTypes: kms.resourceTypes,
    policyOf: (resourceArn) => kms.policyOf(resourceArn),
  });
  const { keys } = kms;

  const dynamoDb = await startDynamoDb({
    keys,
    clock,
    state,
    binary: dynamoDbEngine,
    onExit: (reason) =>
      onNote(
        `${reason} It restarts. Every write that it acknowledged is kept; calls in flight fail and can be retried.`,
      ),
    onError,
    onExpired: nudge,
  });
  // Consumers of streams sleep until a table is written to, instead of polling its stream.
  const tables = watchTableWrites(dynamoDb.api, nudge);
  services.register({
    apis: { dynamodb: limits === undefined ? tables : limitedTables({ api: tables, facts: dynamoDb.facts, limits }) },
    resourceTypes: [...dynamoDb.resourceTypes, ...scalingResourceTypes()],
    encryptionKeyOf: (resourceArn) => dynamoDb.encryptionKeyOf(resourceArn),
    dropData: () => dynamoDb.reset(),
    close: () => dynamoDb.close(),
  });

  const sqs = createSqs({ clock, state, endpointUrl, observer });
  const hasHighThroughput = (queueName: string): boolean =>
    sqs.queues.byName(queueName)?.attributes.FifoThroughputLimit === 'perMessageGroupId';
  services.register({
    apis: { sqs: limits === undefined ? sqs.api : limitedQueues(sqs.api, limits, hasHighThroughput) },
    resourceTypes: sqs.resourceTypes,
    policyOf: (resourceArn) => sqs.policyOf(resourceArn),
    encryptionKeyOf: (resourceArn) => sqs.queues.byArn(resourceArn)?.attributes.KmsMasterKeyId,
    pending: () => sqs.pendingMoves(),
    dropWork: () => sqs.reset(),
    close: () => sqs.close(),
  });

  const logs = createLogs({
    ...{ clock, state, region, keys },
    mayUse: (groupArn, keyArn) => mayLogsUse(access, groupArn, keyArn),
  });
  watcher?.watchLogs(logs.sink);
  if (onLog !== undefined) {
    logs.sink.onAppend((group, _stream, events) => {
      for (const { message } of events) onLog(group, message);
    });
  }
  services.register({
    resourceTypes: logs.resourceTypes,
    policyOf: (resourceArn) => logs.policyOf(resourceArn),
    dropData: () => logs.reset(),
  });
  const ssm = createSsm({ clock, state, keys });
  services.register({
    apis: { ssm: ssm.api },
    resourceTypes: ssm.resourceTypes,
  });
  const secrets = createSecretsManager({ clock, state, keys });
  services.register({
    apis: { secretsmanager: secrets.api },
    resourceTypes: secrets.resourceTypes,
    policyOf: (resourceArn) => secrets.policyOf(resourceArn),
  });
  return { dynamoDb, kms, logs, s3, secrets, sqs, ssm };
}
