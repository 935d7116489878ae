import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, expect, test } from '@jest/globals';
import { startDynamoDbEngine } from 'local-aws/dynamodb-engine';
import { parse } from 'yaml';
import * as z from 'zod';
import { createTemplateTable } from '#test/support/template-table.ts';
import type { FriendAction } from '../domain/friendship.ts';
import { actionRepository } from './action-repository.ts';

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
const actions = actionRepository(documents, { friends, messages });
const now = new Date('2026-01-01T00:00:00.000Z');
const applied = { item: undefined };
const notApplicable = { refused: 'not-applicable' };
const pair = { player_id: 'ann', friend_id: 'bob' };

const apply = (friend_action: FriendAction, messageId: string, at: Date) =>
  actions.apply({ ...pair, friend_action }, messageId, at);
const playerRow = async () => (await documents.send(new GetCommand({ TableName: friends, Key: pair }))).Item;

test('a row has the time of the last action of its player', async () => {
  expect(await apply('Request', randomUUID(), now)).toStrictEqual(applied);
  expect((await playerRow())?.last_updated).toBe(now.getTime());

  await documents.send(new PutCommand({ TableName: friends, Item: { ...(await playerRow()), state: 'Pending' } }));
  const later = new Date(now.getTime() + 1000);
  expect(await apply('Accept', randomUUID(), later)).toStrictEqual(applied);
  expect((await playerRow())?.last_updated).toBe(later.getTime());
});

test('a request replaces no row', async () => {
  const row = await playerRow();
  expect(await apply('Request', randomUUID(), now)).toStrictEqual(notApplicable);
  expect(await playerRow()).toStrictEqual(row);
});

test('a message id is kept for the 14 days for which SQS may deliver a copy, whether the action was applied or not', async () => {
  const property = z.object({ AttributeName: z.string(), Enabled: z.literal(true) });
  const template = z.object({
    Resources: z.looseObject({
      FriendMessagesTable: z.object({ Properties: z.looseObject({ TimeToLiveSpecification: property }) }),
    }),
  });
  const { Resources } = template.parse(parse(await readFile(file, 'utf8'), { logLevel: 'silent' }));
  const { AttributeName } = Resources.FriendMessagesTable.Properties.TimeToLiveSpecification;
  for (const [action, result] of [
    ['Unfriend', applied],
    ['Reject', notApplicable],
  ] as const) {
    const message_id = randomUUID();
    expect(await apply(action, message_id, now)).toStrictEqual(result);
    const { Item } = await documents.send(new GetCommand({ TableName: messages, Key: { message_id } }));
    // Time to live is in seconds.
    expect(Item?.[AttributeName]).toBe(Date.parse('2026-01-15T00:00:00.000Z') / 1000);
  }
});
