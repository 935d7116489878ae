import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { clientOptions } from '../aws/client-options.ts';
import { noteLostAttempts } from '../aws/note-lost-attempts.ts';
import { traceCalls } from '../aws/trace-calls.ts';
import { once } from '../once.ts';

/** A DynamoDB client of a function. */
export function createDynamoDbClient(config: DynamoDBClientConfig = {}): DynamoDBClient {
  return noteLostAttempts(
    traceCalls(
      new DynamoDBClient({
        ...clientOptions,
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
