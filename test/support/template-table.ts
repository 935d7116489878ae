import { readFile } from 'node:fs/promises';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { parse } from 'yaml';
import * as z from 'zod';

const keySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));
const template = z.object({
  Resources: z.record(
    z.string(),
    z.object({
      Properties: z.looseObject({
        AttributeDefinitions: z
          .array(z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }))
          .optional(),
        KeySchema: keySchema.optional(),
        StreamSpecification: z
          .object({ StreamViewType: z.enum(['NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES', 'KEYS_ONLY']) })
          .optional(),
        GlobalSecondaryIndexes: z
          .array(
            z.object({
              IndexName: z.string(),
              KeySchema: keySchema,
              Projection: z.object({
                ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']),
                NonKeyAttributes: z.array(z.string()).optional(),
              }),
            }),
          )
          .optional(),
      }),
    }),
  ),
});

/** Creates the table `logicalId` of a service's template in the engine, so that tests run on the keys that deploy. */
export async function createTemplateTable(endpoint: string, file: string, logicalId: string): Promise<string> {
  const { Resources } = template.parse(parse(await readFile(file, 'utf8'), { logLevel: 'silent' }));
  const properties = Resources[logicalId]?.Properties;
  if (properties === undefined) throw new Error(`${file} has no resource ${logicalId}`);
  const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, StreamSpecification } = properties;
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  await client.send(
    new CreateTableCommand({
      TableName: logicalId,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions,
      KeySchema,
      GlobalSecondaryIndexes,
      ...(StreamSpecification && { StreamSpecification: { StreamEnabled: true, ...StreamSpecification } }),
    }),
  );
  client.destroy();
  return logicalId;
}
