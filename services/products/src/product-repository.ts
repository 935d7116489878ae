import { randomUUID } from 'node:crypto';
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { orFailedItem } from '#shared/dynamodb/conditional-failure.ts';
import { decodePageToken, encodePageToken, type Page } from '#shared/dynamodb/page-token.ts';
import { updateExpression } from '#shared/dynamodb/update-expression.ts';
import type { ExpectedVersions } from '#shared/http/entity-tag.ts';
import { uuid } from '#shared/validation/fields.ts';
import { type Product, type ProductContent, product, type Versioned } from './product.ts';
import type { ProductQuery } from './product-query.ts';

/** The one partition of the index of all products. */
const catalogue = 'PRODUCTS';
const firstVersion = 1;

const stored = z.object({ ...product.shape, version: z.int(), writeId: z.optional(z.string()) });

/** Why a change was not made: there is no such product, or it has another version than expected. */
export type Refused = 'unknown' | 'changed';

/** Products in DynamoDB. Each method is one request to the table, and none depends on how many products there are. */
export function productRepository(client: DynamoDBDocumentClient, tableName: string) {
  return {
    /** Unconditional: the id is new, and so a retry by the SDK after a lost answer writes the same item again. */
    async add(added: Product): Promise<Versioned> {
      const item = { ...added, catalogue, version: firstVersion };
      await client.send(new PutCommand({ TableName: tableName, Item: item }));
      return { product: added, version: firstVersion };
    },

    async find(id: string): Promise<Versioned | undefined> {
      // Consistent, so that an entity tag that was just answered is not followed by an older one.
      const { Item } = await client.send(new GetCommand({ TableName: tableName, Key: { id }, ConsistentRead: true }));
      return Item && versioned(Item);
    },

    /** Replaces what can change of a product, if its version is an expected one. */
    async replace(
      id: string,
      expected: ExpectedVersions,
      content: ProductContent,
      updatedAt: string,
    ): Promise<Versioned | Refused> {
      const writeId = randomUUID();
      const update = updateExpression({ description: undefined, ...content, updatedAt, writeId });
      const condition = versionCondition(expected);
      const attempt = await orFailedItem(
        client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: { id },
            UpdateExpression: `${update.UpdateExpression} ADD version :one`,
            ConditionExpression: condition.ConditionExpression,
            ExpressionAttributeNames: update.ExpressionAttributeNames,
            ExpressionAttributeValues: {
              ...update.ExpressionAttributeValues,
              ...condition.ExpressionAttributeValues,
              ':one': 1,
            },
            ReturnValues: 'ALL_NEW',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        ),
      );
      if (attempt.written) return versioned(attempt.output.Attributes);
      if (attempt.item === undefined) return 'unknown';
      // The SDK repeats a write whose answer was lost, and then meets what it has written itself.
      return stored.parse(attempt.item).writeId === writeId ? versioned(attempt.item) : 'changed';
    },

    /** Undefined when the product is gone. */
    async remove(id: string, expected: ExpectedVersions): Promise<Refused | undefined> {
      const attempt = await orFailedItem(
        client.send(
          new DeleteCommand({
            TableName: tableName,
            Key: { id },
            ...versionCondition(expected),
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        ),
      );
      if (attempt.written) return undefined;
      return attempt.item === undefined ? 'unknown' : 'changed';
    },

    /** A page of products, newest first. */
    async list({ limit, nextToken, category }: ProductQuery): Promise<Page<Product>> {
      const scope = [tableName, category ?? ''];
      const after = nextToken === undefined ? undefined : decodePageToken(scope, nextToken, uuid);
      const [index, name, value] =
        category === undefined
          ? (['byCatalogue', 'catalogue', catalogue] as const)
          : (['byCategory', 'category', category] as const);
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: index,
          KeyConditionExpression: '#partition = :partition',
          ExpressionAttributeNames: { '#partition': name },
          ExpressionAttributeValues: { ':partition': value },
          ScanIndexForward: false,
          // One more than the page has shows whether there is a next one.
          Limit: limit + 1,
          ...(after !== undefined && { ExclusiveStartKey: { [name]: value, id: after } }),
        }),
      );
      const items = z.array(product).parse(Items.slice(0, limit));
      const last = items.at(-1);
      return { items, nextToken: Items.length > limit && last ? encodePageToken(scope, last.id) : undefined };
    },
  };
}

function versioned(item: unknown): Versioned {
  const { version, writeId: _, ...found } = stored.parse(item);
  return { product: found, version };
}

/** `attribute_exists` alone for any version; a list of none is a version that no product has. */
function versionCondition(expected: ExpectedVersions) {
  if (expected === 'any') return { ConditionExpression: 'attribute_exists(id)' };
  const versions = Object.fromEntries([0, ...expected].map((version, index) => [`:version${index}`, version]));
  return {
    ConditionExpression: `version IN (${Object.keys(versions).join(', ')})`,
    ExpressionAttributeValues: versions,
  };
}
