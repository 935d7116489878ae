import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { traceCalls } from '../aws/trace-calls.ts';
import { once } from '../once.ts';

/**
 * The one DynamoDB client of a process. Its worst case, three attempts of 2.5 s with their pauses, ends before the 10 s
 * timeout of our functions does, so that a slow table is an answer and not a killed process.
 */
export const dynamoDbClient = once(() =>
  traceCalls(
    new DynamoDBClient({
      maxAttempts: 3,
      requestHandler: { connectionTimeout: 500, requestTimeout: 2000, throwOnRequestTimeout: true },
    }),
  ),
);

/** The same client for items in JavaScript's own types. */
export const documentClient = once(() =>
  DynamoDBDocumentClient.from(dynamoDbClient(), { marshallOptions: { removeUndefinedValues: true } }),
);
