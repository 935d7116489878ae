import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, expect, test } from '@jest/globals';
import { startDynamoDbEngine } from 'local-aws/dynamodb-engine';
import { parse } from 'yaml';
import * as z from 'zod';
import { createTemplateTable } from '#test/support/template-table.ts';
import type { FriendAction } from './friendship.ts';
import { ownRows } from './own-rows.ts';

const engine = await startDynamoDbEngine();
afterAll(async () => engine[Symbol.asyncDispose]());
const client = new DynamoDBClient({
  endpoint: engine.endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});
afterAll(() => client.destroy());
const documents = DynamoDBDocumentClient.from(client);
const file = 'services/friends/table.yml';
const friends = await createTemplateTable(engine.endpoint, file, 'FriendsTable');
const messages = await createTemplateTable(engine.endpoint, file, 'FriendMessagesTable');
const rows = ownRows(documents, { friends, messages });
const now = new Date('2026-01-01T00:00:00.000Z');
const pair = { player_id: 'ann', friend_id: 'bob' };

const act = (friend_action: FriendAction, messageId: string, at: Date) =>
  rows.act({ ...pair, friend_action }, messageId, at);
const ownRow = async () => (await documents.send(new GetCommand({ TableName: friends, Key: pair }))).Item;

test('a row tells when its player acted last', async () => {
  expect(await act('Request', randomUUID(), now)).toBe('done');
  expect((await ownRow())?.last_updated).toBe(now.getTime());

  await documents.send(new PutCommand({ TableName: friends, Item: { ...(await ownRow()), state: 'Pending' } }));
  const later = new Date(now.getTime() + 1000);
  expect(await act('Accept', randomUUID(), later)).toBe('done');
  expect((await ownRow())?.last_updated).toBe(later.getTime());
});

test('a request takes the place of no row', async () => {
  const row = await ownRow();
  expect(await act('Request', randomUUID(), now)).toBe('misfit');
  expect(await ownRow()).toStrictEqual(row);
});

test('a message is remembered for the 14 days for which a copy may come, done or not', async () => {
  const property = z.object({ AttributeName: z.string(), Enabled: z.literal(true) });
  const template = z.object({
    Resources: z.looseObject({
      FriendMessagesTable: z.object({ Properties: z.looseObject({ TimeToLiveSpecification: property }) }),
    }),
  });
  const { Resources } = template.parse(parse(await readFile(file, 'utf8'), { logLevel: 'silent' }));
  const { AttributeName } = Resources.FriendMessagesTable.Properties.TimeToLiveSpecification;
  for (const [action, outcome] of [
    ['Unfriend', 'done'],
    ['Reject', 'misfit'],
  ] as const) {
    const message_id = randomUUID();
    expect(await act(action, message_id, now)).toBe(outcome);
    const { Item } = await documents.send(new GetCommand({ TableName: messages, Key: { message_id } }));
    // DynamoDB takes seconds.
    expect(Item?.[AttributeName]).toBe(Date.parse('2026-01-15T00:00:00.000Z') / 1000);
  }
});
