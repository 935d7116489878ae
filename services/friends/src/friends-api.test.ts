import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { HttpFunction } from '#shared/http/http-handler.ts';
import { startDynamoDbEngine } from '#test/support/dynamodb-engine.ts';
import { useFunctionEnv } from '#test/support/function-env.ts';
import { httpApiEvent } from '#test/support/http-api-event.ts';
import { lambdaContext } from '#test/support/lambda-context.ts';
import { loadContract } from '#test/support/openapi-contract.ts';
import { startQueueEngine } from '#test/support/queue-engine.ts';
import { createTemplateTable } from '#test/support/template-table.ts';
import type { FriendState } from './friendship.ts';

const engine = await startDynamoDbEngine();
const queues = await startQueueEngine();
after(() => Promise.all([engine[Symbol.asyncDispose](), queues[Symbol.asyncDispose]()]));
const table = await createTemplateTable(engine.endpoint, 'services/friends/table.yml', 'FriendsTable');
const queueUrl = await queues.createQueue('front');
useFunctionEnv(engine.endpoint, {
  FRIENDS_TABLE: table,
  FRONT_QUEUE_URL: queueUrl,
  AWS_ENDPOINT_URL_SQS: queues.endpoint,
});
const { handler: sendAction } = await import('./handlers/send-action.ts');
const { handler: listFriends } = await import('./handlers/list-friends.ts');
const { handler: isFriend } = await import('./handlers/is-friend.ts');

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const documents = DynamoDBDocumentClient.from(
  new DynamoDBClient({ endpoint: engine.endpoint, region: 'us-east-1', credentials }),
);
const sqs = new SQSClient({ endpoint: queues.endpoint, region: 'us-east-1', credentials });
after(() => {
  documents.destroy();
  sqs.destroy();
});

const contract = loadContract('friends.yml');
const operationIds = new Map([
  [sendAction, 'sendAction'],
  [listFriends, 'listFriends'],
  [isFriend, 'isFriend'],
]);

/** Calls a function as the gateway does; whatever it answers must be what the specification promises. */
async function call(handler: HttpFunction, request: Parameters<typeof httpApiEvent>[0]) {
  const response = await handler(httpApiEvent(request), lambdaContext());
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

const friendList = z.array(
  z.strictObject({
    player_id: z.string(),
    friend_id: z.string(),
    state: z.string(),
    last_updated: z.literal(1_767_225_600_000),
  }),
);
const idsOf = ({ json }: { json: unknown }) => friendList.parse(json).map(({ friend_id }) => friend_id);
const nextQuery = (link: string | undefined) => /^<\?(.+)>; rel="next"$/.exec(link ?? '')?.[1];
const errorOf = ({ statusCode, json }: { statusCode: number; json: unknown }) => {
  const { code, details } = z
    .object({ code: z.string(), details: z.array(z.object({ path: z.string() })).optional() })
    .parse(json);
  return { statusCode, code, ...(details && { paths: details.map(({ path }) => path) }) };
};

describe('sending an action', () => {
  it('puts it into the front queue as it is, and answers 202 with the id of the message', async () => {
    const body = { player_id: 'ann@example.com', friend_id: 'bob:1', friend_action: 'Request' };
    const { statusCode, json } = await send(body);
    assert.equal(statusCode, 202);
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl }));
    assert.deepEqual(
      Messages.map(({ MessageId, Body }) => [MessageId, JSON.parse(Body ?? '')]),
      [[json.messageId, body]],
    );
  });

  it('refuses what the queue could not read, naming every problem', async () => {
    assert.deepEqual(errorOf(await send({ player_id: '', friend_id: 'a b', friend_action: 'Hug', admin: true })), {
      statusCode: 400,
      code: 'INVALID_REQUEST',
      paths: ['body.player_id', 'body.friend_id', 'body.friend_action', 'body.admin'],
    });
    assert.deepEqual(errorOf(await send({ player_id: 'ann', friend_id: 'ann', friend_action: 'Request' })).paths, [
      'body.friend_id',
    ]);
    for (const body of ['{"player_id":', '[]', 'null', ''])
      assert.equal(errorOf(await send(body)).statusCode, 400, body);
  });

  it('is for the player alone where callers are known', async () => {
    const body = { player_id: 'ann', friend_id: 'bob', friend_action: 'Accept' };
    assert.deepEqual(errorOf(await send(body, 'bob')), { statusCode: 403, code: 'FORBIDDEN' });
    assert.equal((await send(body, 'ann')).statusCode, 202);
  });
});

describe('the list of friends', () => {
  it('shows what the player sees and nothing else', async () => {
    await store('solo', { bob: 'Requested' });
    assert.deepEqual((await list('solo')).json, [
      { player_id: 'solo', friend_id: 'bob', state: 'Requested', last_updated: 1_767_225_600_000 },
    ]);
    assert.deepEqual((await list('nobody')).json, []);
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
    assert.deepEqual(pages, [ids.slice(0, 3), ids.slice(3, 6), ids.slice(6)]);
    assert.equal((await list('popular', 'limit=7')).headers.link, undefined);
  });

  it('shows one state only, in full pages', async () => {
    const friends = { a: 'Friends', b: 'Pending', c: 'Requested', d: 'Pending', e: 'Pending' } as const;
    await store('mixed', friends);
    assert.deepEqual(idsOf(await list('mixed', 'state=Friends')), ['a']);
    const first = await list('mixed', 'state=Pending&limit=2');
    assert.deepEqual(idsOf(first), ['b', 'd']);
    assert.deepEqual(idsOf(await list('mixed', nextQuery(first.headers.link))), ['e']);
  });

  it('reads 500 friends for a page of one state, and goes on where it stopped', async () => {
    const requested = Array.from({ length: 500 }, (_, index) => [`a-${String(index).padStart(3, '0')}`, 'Requested']);
    await store('sociable', { ...Object.fromEntries(requested), b: 'Pending' });
    const first = await list('sociable', 'state=Pending');
    assert.deepEqual(idsOf(first), []);
    const second = await list('sociable', nextQuery(first.headers.link));
    assert.deepEqual([idsOf(second), second.headers.link], [['b'], undefined]);
  });

  it('refuses a token of another player, of another state and of nobody', async () => {
    await store('tokens', { a: 'Friends', b: 'Friends' });
    await store('thief', { a: 'Friends' });
    const next = nextQuery((await list('tokens', 'limit=1')).headers.link) ?? '';
    assert.deepEqual(idsOf(await list('tokens', next)), ['b']);
    const refused = [
      list('thief', next),
      list('tokens', `${next}&state=Friends`),
      ...['x', '!', 'e30', 'bnVsbA', 'a'.repeat(1025)].map((token) => list('tokens', `nextToken=${token}`)),
    ];
    for (const answer of await Promise.all(refused)) assert.deepEqual(errorOf(answer).paths, ['query.nextToken']);
  });

  it('refuses bad players and bad parameters, all in one answer', async () => {
    const answer = await list('a b', 'limit=0&state=friends&sort=asc');
    assert.deepEqual(errorOf(answer).paths?.sort(), ['path.playerId', 'query.limit', 'query.sort', 'query.state']);
    assert.deepEqual(errorOf(await list('ann', 'state=Friends&state=Pending')).paths, ['query.state']);
  });

  it('is for the player alone where callers are known', async () => {
    assert.equal((await list('solo', '', 'solo')).statusCode, 200);
    assert.equal(errorOf(await list('solo', '', 'bob')).statusCode, 403);
  });
});

describe('what one player is to another', () => {
  it('is told from the one who sees', async () => {
    await store('seer', { a: 'Friends', b: 'Pending', c: 'Requested' });
    const answers = await Promise.all(['a', 'b', 'c', 'd'].map((friend) => ask('seer', friend)));
    assert.deepEqual(
      answers.map(({ json }) => json),
      [
        { isFriend: true, state: 'Friends' },
        { isFriend: false, state: 'Pending' },
        { isFriend: false, state: 'Requested' },
        { isFriend: false, state: null },
      ],
    );
  });

  it('names both players when neither is one', async () => {
    assert.deepEqual(errorOf(await ask('', 'x'.repeat(65))).paths, ['path.playerId', 'path.friendId']);
  });

  it('is for the two alone where callers are known', async () => {
    for (const sub of ['ann', 'bob']) assert.equal((await ask('ann', 'bob', sub)).statusCode, 200);
    assert.equal(errorOf(await ask('ann', 'bob', 'cleo')).statusCode, 403);
  });
});
