import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';

const client = new DynamoDBClient();

export async function handler({ Records }) {
  for (const { body } of Records) {
    const { id } = JSON.parse(body);
    await client.send(new PutItemCommand({ TableName: process.env.TABLE_NAME, Item: { id: { S: id } } }));
  }
}
