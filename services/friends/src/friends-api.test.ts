import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, describe, expect, it } from '@jest/globals';
import { startDynamoDbEngine } from 'local-aws/dynamodb-engine';
import * as z from 'zod';
import { createDocumentClient, createDynamoDbClient } from '#shared/dynamodb/document-client.ts';
import type { HttpFunction } from '#shared/http/http-handler.ts';
import type { Wired } from '#shared/service.ts';
import { createQueueClient } from '#shared/sqs/queue-client.ts';
import { awsConfig } from '#test/support/aws-config.ts';
import { httpApiEvent } from '#test/support/http-api-event.ts';
import { lambdaContext } from '#test/support/lambda-context.ts';
import { loadContract } from '#test/support/openapi-contract.ts';
import { startQueueEngine } from '#test/support/queue-engine.ts';
import { createTemplateTable } from '#test/support/template-table.ts';
import { actionQueue } from './data/action-queue.ts';
import { friendRepository } from './data/friend-repository.ts';
import type { FriendState } from './domain/friendship.ts';
import { handler as isFriend } from './handlers/is-friend.ts';
import { handler as listFriends } from './handlers/list-friends.ts';
import { handler as sendAction } from './handlers/send-action.ts';

const engine = await startDynamoDbEngine();
const queues = await startQueueEngine();
afterAll(() => Promise.all([engine[Symbol.asyncDispose](), queues[Symbol.asyncDispose]()]));
const table = await createTemplateTable(engine.endpoint, 'services/friends/table.yml', 'FriendsTable');
const queueUrl = await queues.createQueue('actions');
const dynamoDb = createDynamoDbClient(awsConfig(engine.endpoint));
const documents = createDocumentClient(dynamoDb);
const sqs = createQueueClient(awsConfig(queues.endpoint));
afterAll(() => {
  dynamoDb.destroy();
  sqs.destroy();
});
const dependencies = { friends: friendRepository(documents, table), queue: actionQueue(sqs, queueUrl) };
type Operation = Wired<HttpFunction, typeof dependencies>;

const contract = loadContract('friends.yml');
const operationIds = new Map<Operation, string>([
  [sendAction, 'sendAction'],
  [listFriends, 'listFriends'],
  [isFriend, 'isFriend'],
]);

/** Calls a function as the gateway does; whatever it answers must be what the specification promises. */
async function call(handler: Operation, request: Parameters<typeof httpApiEvent>[0]) {
  const response = await handler.with(dependencies)(httpApiEvent(request), lambdaContext());
  contract.checkAnswer(operationIds.get(handler) ?? '', response);
  return { ...response, json: JSON.parse(response.body) };
}

const send = (body: unknown, sub?: string) =>
  call(sendAction, { method: 'POST', path: '/friends', body, ...(sub !== undefined && { sub }) });
const list = (playerId: string, query = '', sub?: string) =>
  call(listFriends, {
    path: `/friends/${playerId}`,
    pathParameters: { playerId },
    query,
    ...(sub !== undefined && { sub }),
  });
const ask = (playerId: string, friendId: string, sub?: string) =>
  call(isFriend, {
    path: `/friends/${playerId}/isFriend/${friendId}`,
    pathParameters: { playerId, friendId },
    ...(sub !== undefined && { sub }),
  });

async function store(player_id: string, friends: Readonly<Record<string, FriendState>>): Promise<void> {
  for (const [friend_id, state] of Object.entries(friends)) {
    const Item = { player_id, friend_id, state, last_updated: 1_767_225_600_000, request_id: 'r', is_delivered: true };
    await documents.send(new PutCommand({ TableName: table, Item }));
  }
}

const listedFriends = z.array(
  z.strictObject({
    player_id: z.string(),
    friend_id: z.string(),
    state: z.string(),
    last_updated: z.literal(1_767_225_600_000),
  }),
);
const idsOf = ({ json }: { json: unknown }) => listedFriends.parse(json).map(({ friend_id }) => friend_id);
const nextQuery = (link: string | undefined) => /^<\?(.+)>; rel="next"$/.exec(link ?? '')?.[1];
const errorOf = ({ statusCode, json }: { statusCode: number; json: unknown }) => {
  const { code, details } = z
    .object({ code: z.string(), details: z.array(z.object({ path: z.string() })).optional() })
    .parse(json);
  return { statusCode, code, ...(details && { paths: details.map(({ path }) => path) }) };
};

describe('sending an action', () => {
  it('sends it to the action queue unchanged, and answers 202 with the message id', async () => {
    const body = { player_id: 'ann@example.com', friend_id: 'bob:1', friend_action: 'Request' };
    const { statusCode, json } = await send(body);
    expect(statusCode).toBe(202);
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl }));
    expect(Messages.map(({ MessageId, Body }) => [MessageId, JSON.parse(Body ?? '')])).toStrictEqual([
      [json.messageId, body],
    ]);
  });

  it('refuses what the consumer could not parse, naming every problem', async () => {
    expect(errorOf(await send({ player_id: '', friend_id: 'a b', friend_action: 'Hug', admin: true }))).toStrictEqual({
      statusCode: 400,
      code: 'INVALID_REQUEST',
      paths: ['body.player_id', 'body.friend_id', 'body.friend_action', 'body.admin'],
    });
    expect(errorOf(await send({ player_id: 'ann', friend_id: 'ann', friend_action: 'Request' })).paths).toStrictEqual([
      'body.friend_id',
    ]);
    for (const body of ['{"player_id":', '[]', 'null', '']) expect(errorOf(await send(body)).statusCode).toBe(400);
  });

  it('is allowed only to the player if there is an authorizer', async () => {
    const body = { player_id: 'ann', friend_id: 'bob', friend_action: 'Accept' };
    expect(errorOf(await send(body, 'bob'))).toStrictEqual({ statusCode: 403, code: 'FORBIDDEN' });
    expect((await send(body, 'ann')).statusCode).toBe(202);
  });
});

describe('the list of friends', () => {
  it('shows the rows of the player without the attributes of the state machine', async () => {
    await store('solo', { bob: 'Requested' });
    expect((await list('solo')).json).toStrictEqual([
      { player_id: 'solo', friend_id: 'bob', state: 'Requested', last_updated: 1_767_225_600_000 },
    ]);
    expect((await list('nobody')).json).toStrictEqual([]);
  });

  it('pages to the end without loss, in the order of ids', async () => {
    const ids = Array.from({ length: 7 }, (_, index) => `friend-${index}`);
    await store('popular', Object.fromEntries(ids.map((id) => [id, 'Friends'])));
    const pages: string[][] = [];
    for (let query: string | undefined = 'limit=3'; query !== undefined; ) {
      const page = await list('popular', query);
      pages.push(idsOf(page));
      query = nextQuery(page.headers.link);
    }
    expect(pages).toStrictEqual([ids.slice(0, 3), ids.slice(3, 6), ids.slice(6)]);
    expect((await list('popular', 'limit=7')).headers.link).toBeUndefined();
  });

  it('shows one state only, in full pages', async () => {
    const friends = { a: 'Friends', b: 'Pending', c: 'Requested', d: 'Pending', e: 'Pending' } as const;
    await store('mixed', friends);
    expect(idsOf(await list('mixed', 'state=Friends'))).toStrictEqual(['a']);
    const first = await list('mixed', 'state=Pending&limit=2');
    expect(idsOf(first)).toStrictEqual(['b', 'd']);
    expect(idsOf(await list('mixed', nextQuery(first.headers.link)))).toStrictEqual(['e']);
  });

  it('reads 500 friends for a page of one state, and goes on where it stopped', async () => {
    const requested = Array.from({ length: 500 }, (_, index) => [`a-${String(index).padStart(3, '0')}`, 'Requested']);
    await store('sociable', { ...Object.fromEntries(requested), b: 'Pending' });
    const first = await list('sociable', 'state=Pending');
    expect(idsOf(first)).toStrictEqual([]);
    const second = await list('sociable', nextQuery(first.headers.link));
    expect([idsOf(second), second.headers.link]).toStrictEqual([['b'], undefined]);
  });

  it('refuses a page token of another player, of another state, and an invalid one', async () => {
    await store('tokens', { a: 'Friends', b: 'Friends' });
    await store('thief', { a: 'Friends' });
    const next = nextQuery((await list('tokens', 'limit=1')).headers.link) ?? '';
    expect(idsOf(await list('tokens', next))).toStrictEqual(['b']);
    const refused = [
      list('thief', next),
      list('tokens', `${next}&state=Friends`),
      ...['x', '!', 'e30', 'bnVsbA', 'a'.repeat(1025)].map((token) => list('tokens', `nextToken=${token}`)),
    ];
    for (const answer of await Promise.all(refused)) expect(errorOf(answer).paths).toStrictEqual(['query.nextToken']);
  });

  it('refuses bad players and bad parameters, all in one answer', async () => {
    const answer = await list('a b', 'limit=0&state=friends&sort=asc');
    expect(errorOf(answer).paths?.sort()).toStrictEqual(['path.playerId', 'query.limit', 'query.sort', 'query.state']);
    expect(errorOf(await list('ann', 'state=Friends&state=Pending')).paths).toStrictEqual(['query.state']);
  });

  it('is allowed only to the player if there is an authorizer', async () => {
    expect((await list('solo', '', 'solo')).statusCode).toBe(200);
    expect(errorOf(await list('solo', '', 'bob')).statusCode).toBe(403);
  });
});

describe('the state between two players', () => {
  it('is the one that the first of them sees', async () => {
    await store('seer', { a: 'Friends', b: 'Pending', c: 'Requested' });
    const answers = await Promise.all(['a', 'b', 'c', 'd'].map((friend) => ask('seer', friend)));
    expect(answers.map(({ json }) => json)).toStrictEqual([
      { isFriend: true, state: 'Friends' },
      { isFriend: false, state: 'Pending' },
      { isFriend: false, state: 'Requested' },
      { isFriend: false, state: null },
    ]);
  });

  it('names both ids when both are invalid', async () => {
    expect(errorOf(await ask('', 'x'.repeat(65))).paths).toStrictEqual(['path.playerId', 'path.friendId']);
  });

  it('is shown only to the two if there is an authorizer', async () => {
    for (const sub of ['ann', 'bob']) expect((await ask('ann', 'bob', sub)).statusCode).toBe(200);
    expect(errorOf(await ask('ann', 'bob', 'cleo')).statusCode).toBe(403);
  });
});
