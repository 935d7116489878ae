import { join } from 'node:path';
import type { AwsApi } from '../core/aws-api.ts';
import type { Clock } from '../core/clock.ts';
import type { ResourceType } from '../core/resource-type.ts';
import type { StateStore } from '../core/state-store.ts';
import { dynamoDbApi } from './dynamodb-api.ts';
import { connectEngine } from './engine.ts';
import { startEngineProcess } from './engine-process.ts';
import { ItemExpiry } from './expire-items.ts';
import { findEngine } from './find-engine.ts';
import { tableActions } from './table-actions.ts';
import { TableFacts } from './table-facts.ts';
import { tableResource } from './table-resource.ts';
import { TableSettings } from './table-settings.ts';

export type DynamoDbOptions = {
  readonly clock: Clock;
  /** With a directory tables and items survive a restart. */
  readonly state: StateStore;
  /** Told why, when the engine ends by itself. Calls fail from then on; nothing is restarted behind the user's back. */
  readonly onExit: (reason: string) => void;
  /** Told of failures that no caller sees, as in the deletion of expired items. */
  readonly onError: (error: unknown) => void;
  /** A dynoxide binary to use in place of the installed one. */
  readonly binary?: string | undefined;
};

export type DynamoDb = {
  /** Serves both DynamoDB and DynamoDB Streams. */
  readonly api: AwsApi;
  readonly resourceTypes: readonly ResourceType[];
  /** What permissions to use a table depend on. */
  readonly facts: Pick<TableFacts, 'hashKey' | 'streamOfIterator'>;
  close(): Promise<void>;
};

/** Starts DynamoDB and DynamoDB Streams, on an engine that runs as a process of its own. */
export async function startDynamoDb({ clock, state, onExit, onError, binary }: DynamoDbOptions): Promise<DynamoDb> {
  const engineProcess = await startEngineProcess({
    binary: binary ?? findEngine(),
    databaseFile: state.directory === undefined ? undefined : join(state.directory, 'dynamodb.db'),
    onExit,
  });
  const engine = connectEngine(engineProcess.port, engineProcess.stopped);
  const settings = new TableSettings(clock, state);
  const expiry = new ItemExpiry(engine, clock, onError);
  const facts = new TableFacts();
  if (state.directory !== undefined) {
    await expiry.watchExisting();
    await facts.learnExisting(engine);
  }
  const api = dynamoDbApi({ engine, actions: tableActions({ engine, settings, expiry, facts }), facts });
  return {
    api,
    resourceTypes: [tableResource(api)],
    facts,
    async close() {
      expiry.close();
      engine.close();
      await engineProcess.close();
    },
  };
}
