import type { AwsApi } from '../core/aws-api.ts';
import type { Clock } from '../core/clock.ts';
import { type KeyRing, noKeys } from '../core/key-ring.ts';
import type { ResourceType } from '../core/resource-type.ts';
import type { StateStore } from '../core/state-store.ts';
import type { FindStreamEnd } from '../event-sources/consumers.ts';
import { sourceName } from '../event-sources/source-kind.ts';
import { type DatabaseFile, prepareDatabaseFile } from './database-file.ts';
import { dynamoDbApi } from './dynamodb-api.ts';
import { emptyTables } from './empty-tables.ts';
import { connectEngine } from './engine.ts';
import { EngineDatabase } from './engine-database.ts';
import { EngineSupervisor } from './engine-supervisor.ts';
import { ItemExpiry } from './expire-items.ts';
import { ExpiryIndex } from './expiry-index.ts';
import { findEngine } from './find-engine.ts';
import { globalTableResource } from './global-table-resource.ts';
import { shardOf, streamActions } from './stream-actions.ts';
import { StreamHistory } from './stream-history.ts';
import { toLongSequenceNumber } from './stream-records.ts';
import { tableActions } from './table-actions.ts';
import { TableDescriptions } from './table-descriptions.ts';
import { TableEncryption } from './table-encryption.ts';
import { TableFacts } from './table-facts.ts';
import { tableResource } from './table-resource.ts';
import { TableSettings } from './table-settings.ts';

export type DynamoDbOptions = {
  readonly clock: Clock;
  /** With a directory tables and items survive a restart. */
  readonly state: StateStore;
  /** What tables can be encrypted with; by default nothing but keys of DynamoDB's own. */
  readonly keys?: KeyRing;
  /** Called with the reason each time that the engine ends by itself. It is restarted with all that it acknowledged. */
  readonly onExit: (reason: string) => void;
  /** Called with failures that no caller sees, as in the deletion of expired items. */
  readonly onError: (error: unknown) => void;
  /** Called with the tables whose expired items were deleted. */
  readonly onExpired?: (tableNames: readonly string[]) => void;
  /** A dynoxide binary to use in place of the installed one. */
  readonly binary?: string | undefined;
};

export type DynamoDb = {
  /** Serves both DynamoDB and DynamoDB Streams. */
  readonly api: AwsApi;
  readonly resourceTypes: readonly ResourceType[];
  /** The facts that permissions to use a table, and its limits, depend on. */
  readonly facts: TableFacts;
  /** The ARN of the key that a table, an index or a stream is encrypted with; undefined for DynamoDB's own. */
  encryptionKeyOf(resourceArn: string): string | undefined;
  /** The last record of a stream; undefined when there is none. */
  readonly streamEnd: FindStreamEnd;
  /** Deletes all items, without records in the streams. */
  reset(): Promise<void>;
  /** The process id of the engine; undefined while it restarts. */
  enginePid(): number | undefined;
  close(): Promise<void>;
};

/** Starts DynamoDB and DynamoDB Streams, on an engine that runs as a process of its own. */
export async function startDynamoDb(options: DynamoDbOptions): Promise<DynamoDb> {
  const { clock, state, keys = noKeys, onError } = options;
  const file = prepareDatabaseFile(state.directory);
  const supervisor = await startEngine(options, file);
  const database = new EngineDatabase(file.path);
  const history = await StreamHistory.open({ database, clock, onError });
  const engine = connectEngine(supervisor);
  const settings = new TableSettings(clock, state);
  const encryption = new TableEncryption(state, keys);
  const onExpired = (table: string): void => options.onExpired?.([table]);
  const expiry = new ItemExpiry({ engine, index: new ExpiryIndex(database), history, clock, onExpired, onError });
  const facts = new TableFacts();
  const descriptions = new TableDescriptions(engine, clock);
  if (state.directory !== undefined) {
    await expiry.watchExisting();
    await facts.learnExisting(engine);
  }
  const actions = {
    ...tableActions({ engine, settings, encryption, expiry, facts, descriptions, history }),
    ...streamActions({ engine, facts, history }),
  };
  const api = dynamoDbApi({ engine, actions, facts });
  const table = tableResource(api);
  return {
    api,
    resourceTypes: [table, globalTableResource(table)],
    facts,
    encryptionKeyOf: (resourceArn) =>
      resourceArn.startsWith('arn:aws:dynamodb:') ? encryption.keyOf(resourceArn) : undefined,
    streamEnd: (streamArn) => {
      const table = sourceName(streamArn);
      const last = history.last(table);
      return last === undefined
        ? undefined
        : { shardId: shardOf(table), sequenceNumber: toLongSequenceNumber(String(last)) };
    },
    async reset() {
      await emptyTables(database);
      descriptions.forgetAll();
    },
    enginePid: () => supervisor.pid,
    async close() {
      expiry.close();
      engine.close();
      history.close();
      database.close();
      await supervisor.close();
      file.release();
    },
  };
}

async function startEngine(
  { clock, binary, onExit }: DynamoDbOptions,
  { path, release }: DatabaseFile,
): Promise<EngineSupervisor> {
  try {
    return await EngineSupervisor.start({ binary: binary ?? findEngine(), databaseFile: path, clock, onExit });
  } catch (error) {
    release();
    throw error;
  }
}
