import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startDynamoDbEngine } from 'local-aws/dynamodb-engine';
import * as z from 'zod';
import { createTemplateTable } from '#test/support/template-table.ts';
import type { Owner } from '../domain/owner.ts';
import type { Task, TaskQuery } from '../domain/task.ts';
import { createTask } from '../domain/task.ts';
import { taskRepository } from './task-repository.ts';

const engine = await startDynamoDbEngine();
afterAll(async () => engine[Symbol.asyncDispose]());
const table = await createTemplateTable(engine.endpoint, 'services/tasks/table.yml', 'TasksTable');
const client = DynamoDBDocumentClient.from(
  new DynamoDBClient({
    endpoint: engine.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  }),
  { marshallOptions: { removeUndefinedValues: true } },
);
afterAll(() => client.destroy());
const tasks = taskRepository(client, table);

/** What went to the table: the operation, and how many items it read. */
let requests: { operation: string | undefined; read: number | undefined }[] = [];
const response = z.object({ output: z.object({ ScannedCount: z.number().optional() }) });
client.middlewareStack.add(
  (next, { commandName }) =>
    async (args) => {
      const result = await next(args);
      const isConsistent = 'ConsistentRead' in args.input && args.input.ConsistentRead === true;
      const operation = isConsistent ? `${commandName} of what is there now` : commandName;
      requests.push({ operation, read: response.parse(result).output.ScannedCount });
      return result;
    },
  { step: 'initialize' },
);
beforeEach(() => {
  requests = [];
});

/** Adds `count` tasks, a millisecond apart; every tenth is open, every hundredth is due. */
async function fill(owner: Owner, count: number): Promise<void> {
  const all = Array.from({ length: count }, (_, index) =>
    createTask(
      {
        title: `${index}`,
        isComplete: index % 10 !== 0,
        ...(index % 100 === 0 && { dueAt: '2027-01-01T00:00:00.000Z' }),
      },
      new Date(Date.UTC(2026, 0, 1) + index),
    ),
  );
  for (let start = 0; start < count; start += 50) {
    await Promise.all(all.slice(start, start + 50).map((task) => tasks.add(owner, task)));
  }
  requests = [];
}

async function listAll(owner: Owner, query: Omit<TaskQuery, 'nextToken'>): Promise<Task[]> {
  const found: Task[] = [];
  let nextToken: string | undefined;
  do {
    const page = await tasks.list(owner, { ...query, ...(nextToken !== undefined && { nextToken }) });
    found.push(...page.items);
    ({ nextToken } = page);
  } while (nextToken !== undefined);
  return found;
}

describe('each operation', () => {
  it('is one request to the table', async () => {
    const task = createTask({ title: 'x', isComplete: false }, new Date());
    await tasks.add('USER#one', task);
    await tasks.find('USER#one', task.id);
    await tasks.replace('USER#one', task.id, { title: 'y', isComplete: true }, task.updatedAt);
    await tasks.list('USER#one', { limit: 50, isComplete: true });
    await tasks.remove('USER#one', task.id);
    expect(requests.map(({ operation }) => operation)).toStrictEqual([
      'PutItemCommand',
      'GetItemCommand of what is there now',
      'UpdateItemCommand',
      'QueryCommand',
      'DeleteItemCommand',
    ]);
  });

  it('tells when there is no such task', async () => {
    const { id, updatedAt } = createTask({ title: 'x', isComplete: false }, new Date());
    expect(await tasks.find('USER#none', id)).toBeUndefined();
    expect(await tasks.replace('USER#none', id, { title: 'y', isComplete: true }, updatedAt)).toStrictEqual({
      refused: 'not-found',
    });
    expect(await tasks.remove('USER#none', id)).toStrictEqual({ refused: 'not-found' });
    expect(await tasks.list('USER#none', { limit: 1 })).toStrictEqual({ items: [], nextToken: undefined });
  });
});

describe('a page of a long list', () => {
  // Its requests are not those of the first test.
  beforeAll(() => fill('USER#busy', 1200));

  it('reads the page and one item more, with and without a state', async () => {
    await tasks.list('USER#busy', { limit: 20 });
    await tasks.list('USER#busy', { limit: 20, isComplete: false });
    await tasks.list('USER#busy', { limit: 20, isComplete: true });
    expect(requests.map(({ read }) => read)).toStrictEqual([21, 21, 21]);
  });

  it('reads a bounded number of items for what is due, and goes on where it stopped', async () => {
    const due = await listAll('USER#busy', { limit: 100, dueBefore: '2028-01-01T00:00:00.000Z' });
    expect(due.map(({ title }) => title)).toStrictEqual([
      '1100',
      '1000',
      '900',
      '800',
      '700',
      '600',
      '500',
      '400',
      '300',
      '200',
      '100',
      '0',
    ]);
    expect(requests.map(({ read }) => read)).toStrictEqual([500, 500, 200]);
  });

  it('loses and repeats nothing when a filtered page is full before its read is', async () => {
    const due = await listAll('USER#busy', { limit: 5, isComplete: false, dueBefore: '2028-01-01T00:00:00.000Z' });
    expect(new Set(due.map(({ id }) => id)).size).toBe(12);
    expect(due).toHaveLength(12);
  });

  it('is complete page by page', async () => {
    const open = await listAll('USER#busy', { limit: 50, isComplete: false });
    expect(new Set(open.map(({ id }) => id)).size).toBe(120);
    expect(open.every(({ isComplete }) => !isComplete)).toBe(true);
    expect(await listAll('USER#busy', { limit: 100 })).toHaveLength(1200);
  });
});
