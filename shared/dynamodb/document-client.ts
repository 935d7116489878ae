import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { noteLostAttempts } from '../aws/note-lost-attempts.ts';
import { traceCalls } from '../aws/trace-calls.ts';
import { once } from '../once.ts';

/**
 * A DynamoDB client of a function. Its worst case, three attempts of 2.5 s with their pauses, ends before the 10 s
 * timeout of our functions does, so that a slow table is an answer and not a killed process.
 */
export function createDynamoDbClient(config: DynamoDBClientConfig = {}): DynamoDBClient {
  return noteLostAttempts(
    traceCalls(
      new DynamoDBClient({
        maxAttempts: 3,
        requestHandler: { connectionTimeout: 500, requestTimeout: 2000, throwOnRequestTimeout: true },
        ...config,
      }),
    ),
  );
}

/** The same client for items in JavaScript's own types. */
export function createDocumentClient(client: DynamoDBClient): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
}

/** The one DynamoDB client of a process. */
export const dynamoDbClient = once(() => createDynamoDbClient());

/** The one document client of a process. */
export const documentClient = once(() => createDocumentClient(dynamoDbClient()));
