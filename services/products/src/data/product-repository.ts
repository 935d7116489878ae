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
import { type WriteResult, written } from '#shared/dynamodb/write-result.ts';
import type { ExpectedVersions } from '#shared/http/entity-tag.ts';
import { uuid } from '#shared/validation/fields.ts';
import {
  type Product,
  type ProductContent,
  type ProductQuery,
  product,
  type VersionedProduct,
} from '../domain/product.ts';
import type { ChangeRefusal } from '../domain/product-errors.ts';

/** The one partition of the index of all products. */
const catalogue = 'PRODUCTS';
const firstVersion = 1;

const stored = z.object({ ...product.shape, version: z.int(), writeId: z.optional(z.string()) });

/** Products in DynamoDB. Each method is one request, whose cost does not depend on the number of products. */
export function productRepository(client: DynamoDBDocumentClient, tableName: string) {
  return {
    /** Unconditional: the id is new, so a retry by the SDK after a lost answer writes the same item again. */
    async add(added: Product): Promise<VersionedProduct> {
      const item = { ...added, catalogue, version: firstVersion };
      await client.send(new PutCommand({ TableName: tableName, Item: item }));
      return { product: added, version: firstVersion };
    },

    async find(id: string): Promise<VersionedProduct | undefined> {
      // Consistent: an older entity tag must not follow one that was just answered.
      const { Item } = await client.send(new GetCommand({ TableName: tableName, Key: { id }, ConsistentRead: true }));
      return Item && versioned(Item);
    },

    /** Replaces the content of a product if its version is an expected one. */
    async replace(
      id: string,
      expected: ExpectedVersions,
      content: ProductContent,
      updatedAt: string,
    ): Promise<WriteResult<VersionedProduct, ChangeRefusal>> {
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
      if (attempt.written) return { item: versioned(attempt.output.Attributes) };
      if (attempt.item === undefined) return { refused: 'not-found' };
      // The SDK repeats a write whose answer was lost; the condition then fails on the item that it wrote itself.
      const isOurs = stored.parse(attempt.item).writeId === writeId;
      return isOurs ? { item: versioned(attempt.item) } : { refused: 'changed' };
    },

    async remove(id: string, expected: ExpectedVersions): Promise<WriteResult<undefined, ChangeRefusal>> {
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
      if (attempt.written) return written;
      return { refused: attempt.item === undefined ? 'not-found' : 'changed' };
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
          // One more than the page holds shows whether there is a next page.
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

function versioned(item: unknown): VersionedProduct {
  const { version, writeId: _, ...found } = stored.parse(item);
  return { product: found, version };
}

/** `attribute_exists` for any version. Version 0, which no product has, keeps the list from being empty. */
function versionCondition(expected: ExpectedVersions) {
  if (expected === 'any') return { ConditionExpression: 'attribute_exists(id)' };
  const versions = Object.fromEntries([0, ...expected].map((version, index) => [`:version${index}`, version]));
  return {
    ConditionExpression: `version IN (${Object.keys(versions).join(', ')})`,
    ExpressionAttributeValues: versions,
  };
}
