import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';

const dynamoDb = new DynamoDBClient();
const lambda = new LambdaClient();

type QueueEvent = { readonly Records: readonly { readonly body: string }[] };

/** Writes the body of each message as an item; a body that says so fails the batch. */
export async function write({ Records }: QueueEvent): Promise<void> {
  for (const { body } of Records) {
    const { id, fails, authorization = '' } = JSON.parse(body);
    // biome-ignore lint/suspicious/noConsole: a function logs
    console.log(`writing ${id}`, { authorization });
    if (fails === true) throw new TypeError(`will not write ${id}`);
    await dynamoDb.send(
      new PutItemCommand({ TableName: 'things', Item: { id: { S: id }, kind: { S: id.split('-')[0] } } }),
    );
  }
}

/** Takes records of a stream, and answers nothing. */
export async function take({ Records }: { readonly Records: readonly unknown[] }): Promise<void> {
  // biome-ignore lint/suspicious/noConsole: a function logs
  console.info(JSON.stringify({ level: 'INFO', message: `took ${Records.length}`, correlation_id: 'c-1' }));
}

/** Enriches a batch of a pipe. */
export async function enrich(batch: readonly object[]): Promise<readonly object[]> {
  return batch.map((event) => ({ ...event, enriched: true }));
}

/** Answers an API, after it has asked another function. */
export async function ask(event: { readonly body?: string }): Promise<object> {
  if (event.body?.includes('forbidden')) {
    await dynamoDb.send(new GetItemCommand({ TableName: 'things', Key: { id: { S: '1' } } }));
  }
  const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: 'enrich', Payload: '[{"a":1}]' }));
  const answer = JSON.parse(Buffer.from(Payload ?? []).toString());
  return { statusCode: 200, body: JSON.stringify({ answer, body: event.body }) };
}
