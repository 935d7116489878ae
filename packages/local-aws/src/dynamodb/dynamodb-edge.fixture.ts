import { type Clock, systemClock } from '../core/clock.ts';
import { CredentialStore } from '../core/credentials.ts';
import { noStateStore, type StateStore } from '../core/state-store.ts';
import { startEdge } from '../edge/server.ts';
import { limitedTables } from '../limits/limited-tables.ts';
import type { Limits } from '../limits/limits.ts';
import { type DynamoDb, startDynamoDb } from './start-dynamodb.ts';

export type TestEdge = {
  readonly url: string;
  readonly clientConfig: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
    readonly maxAttempts: number;
  };
  readonly dynamoDb: DynamoDb;
  close(): Promise<void>;
};

type Settings = {
  readonly clock?: Clock;
  readonly state?: StateStore;
  readonly limits?: Limits;
  readonly onExit?: (reason: string) => void;
};

/** DynamoDB alone behind an edge of its own, for the SDK's clients. */
export async function startDynamoDbEdge({ clock = systemClock, state = noStateStore, limits, onExit }: Settings = {}) {
  const errors: unknown[] = [];
  const dynamoDb = await startDynamoDb({
    keys: anyKey,
    clock,
    state,
    onExit: onExit ?? ((reason) => errors.push(reason)),
    onError: (error) => errors.push(error),
  });
  const edge = await startEdge({
    port: 0,
    apis: {
      dynamodb:
        limits === undefined ? dynamoDb.api : limitedTables({ api: dynamoDb.api, facts: dynamoDb.facts, limits }),
    },
    frontends: [],
    pages: {},
    credentials: new CredentialStore(),
    onError: (error) => errors.push(error),
  });
  const url = `http://127.0.0.1:${edge.port}`;
  const testEdge: TestEdge = {
    url,
    clientConfig: {
      endpoint: url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    },
    dynamoDb,
    async close() {
      await edge.close();
      await dynamoDb.close();
      if (errors.length > 0) throw new AggregateError(errors, 'the endpoint reported errors');
    },
  };
  return testEdge;
}

import { anyKey } from '../core/any-key.fixture.ts';
