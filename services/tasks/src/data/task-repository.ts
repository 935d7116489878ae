import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { unlessConditionFails } from '#shared/dynamodb/conditional-failure.ts';
import { decodePageToken, encodePageToken, type Page } from '#shared/dynamodb/page-token.ts';
import { updateExpression } from '#shared/dynamodb/update-expression.ts';
import { type WriteResult, written } from '#shared/dynamodb/write-result.ts';
import { uuid } from '#shared/validation/fields.ts';
import type { Owner } from '../domain/owner.ts';
import { type Task, type TaskContent, type TaskQuery, task } from '../domain/task.ts';

/** The index of open and of completed tasks: partition key `ownerAndState`, sorted by id like the table. */
const stateIndex = 'byState';

/**
 * How many tasks one Query reads at most to fill a page of `dueBefore`: no key sorts by due time while the newest come
 * first. The next page starts after the last task that was read.
 */
const filteredReadLimit = 500;

/** Tasks in DynamoDB. Each method is one request, whose cost does not depend on the number of tasks. */
export function taskRepository(client: DynamoDBDocumentClient, tableName: string) {
  return {
    /** Unconditional: the id is new, so a retry by the SDK after a lost answer writes the same item again. */
    async add(owner: Owner, added: Task): Promise<void> {
      const item = { ...added, owner, ownerAndState: ownerAndState(owner, added.isComplete) };
      await client.send(new PutCommand({ TableName: tableName, Item: item }));
    },

    async find(owner: Owner, id: string): Promise<Task | undefined> {
      // Consistent: the Location of a new task must not be a 404.
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: { owner, id }, ConsistentRead: true }),
      );
      return Item && task.parse(Item);
    },

    async replace(
      owner: Owner,
      id: string,
      content: TaskContent,
      updatedAt: string,
    ): Promise<WriteResult<Task, 'not-found'>> {
      const next = { ...content, updatedAt, ownerAndState: ownerAndState(owner, content.isComplete) };
      const output = await unlessConditionFails(
        client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: { owner, id },
            ConditionExpression: 'attribute_exists(id)',
            ...updateExpression({ detail: undefined, dueAt: undefined, ...next }),
            ReturnValues: 'ALL_NEW',
          }),
        ),
      );
      return output === undefined ? { refused: 'not-found' } : { item: task.parse(output.Attributes) };
    },

    async remove(owner: Owner, id: string): Promise<WriteResult<undefined, 'not-found'>> {
      const output = await unlessConditionFails(
        client.send(
          new DeleteCommand({
            TableName: tableName,
            Key: { owner, id },
            ConditionExpression: 'attribute_exists(id)',
          }),
        ),
      );
      return output === undefined ? { refused: 'not-found' } : written;
    },

    /** A page of tasks, newest first. With `dueBefore` it may have fewer than `limit` although more follow. */
    async list(owner: Owner, query: TaskQuery): Promise<Page<Task>> {
      const scope = [tableName, owner, String(query.isComplete), String(query.dueBefore)];
      const position = query.nextToken === undefined ? undefined : decodePageToken(scope, query.nextToken, uuid);
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({ TableName: tableName, ScanIndexForward: false, ...queryInput(owner, query, position) }),
      );
      const items = z.array(task).parse(Items.slice(0, query.limit));
      const last: unknown = Items.length > query.limit ? items.at(-1)?.id : LastEvaluatedKey?.id;
      return { items, nextToken: typeof last === 'string' ? encodePageToken(scope, last) : undefined };
    },
  };
}

function queryInput(
  owner: Owner,
  { limit, isComplete, dueBefore }: TaskQuery,
  after: string | undefined,
): Omit<QueryCommandInput, 'TableName'> {
  const state = isComplete === undefined ? undefined : ownerAndState(owner, isComplete);
  return {
    ...(state === undefined
      ? { KeyConditionExpression: '#owner = :hash', ExpressionAttributeNames: { '#owner': 'owner' } }
      : { KeyConditionExpression: 'ownerAndState = :hash', IndexName: stateIndex }),
    ...(dueBefore !== undefined && { FilterExpression: 'dueAt < :dueBefore' }),
    ExpressionAttributeValues: {
      ':hash': state ?? owner,
      ...(dueBefore !== undefined && { ':dueBefore': dueBefore }),
    },
    ...(after !== undefined && {
      ExclusiveStartKey: { owner, id: after, ...(state !== undefined && { ownerAndState: state }) },
    }),
    // One more than the page holds shows whether there is a next page.
    Limit: dueBefore === undefined ? limit + 1 : filteredReadLimit,
  };
}

function ownerAndState(owner: Owner, isComplete: boolean): string {
  return `${owner}#${isComplete ? 'COMPLETE' : 'OPEN'}`;
}
