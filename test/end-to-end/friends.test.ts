import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { LambdaClient } from '@aws-sdk/client-lambda';
import {
  GetQueueAttributesCommand,
  PurgeQueueCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { until } from 'local-aws/testing';
import * as z from 'zod';
import { breakFunction } from '#test/support/break-function.ts';
import { loadContract } from '#test/support/openapi-contract.ts';
import { type Answer, json, type Request, type ServiceClient, serviceClient } from '#test/support/service-client.ts';
import { outputNamed, stackOutputs } from '#test/support/stack-outputs.ts';
import { itOnEndpoint, stackName, useStage } from '#test/support/stage.ts';
import type { FriendAction, FriendMessage, FriendState, Pair } from '../../services/friends/src/domain/friendship.ts';
import { FriendshipModel } from '../../services/friends/src/domain/friendship-model.fixture.ts';

const contract = loadContract('friends.yml');
const friendSchema = z.object({ friend_id: z.string(), state: z.enum(['Requested', 'Pending', 'Friends']) });
const actions = ['Request', 'Accept', 'Reject', 'Unfriend'] as const;
type Queue = 'ActionQueueUrl' | 'ActionDeadLetterQueueUrl' | 'FailedChangesQueueUrl';

const aws = useStage();

describe('friends', () => {
  const sqs = () => aws.client(SQSClient);
  const lambda = () => aws.client(LambdaClient);
  let client: ServiceClient;
  let outputs: ReadonlyMap<string, string>;
  beforeAll(async () => {
    client = await serviceClient('friends');
    outputs = await stackOutputs(stackName('friends'));
  });

  const output = (name: string): string => outputNamed(outputs, name);

  async function call(operationId: string, request: Request): Promise<Answer> {
    const answer = await client.send(request);
    contract.checkAnswer(operationId, answer);
    return answer;
  }

  async function post(player_id: string, friend_action: FriendAction, friend_id: string): Promise<void> {
    const body = { player_id, friend_id, friend_action };
    const answer = await call('sendAction', { method: 'POST', path: '/friends', body });
    expect(answer).toMatchObject({ statusCode: 202 });
  }

  /** Puts an action into the action queue, and copies that pass for redeliveries of the same message. */
  async function sendCopies(message: FriendMessage, copies: number): Promise<void> {
    const command = new SendMessageCommand({
      QueueUrl: output('ActionQueueUrl'),
      MessageBody: JSON.stringify(message),
      MessageAttributes: { originalMessageId: { DataType: 'String', StringValue: randomUUID() } },
    });
    for (let sent = 0; sent <= copies; sent++) await sqs().send(command);
  }

  /** What a player sees, by friend. */
  async function seenBy(player: string): Promise<ReadonlyMap<string, string>> {
    const answer = await call('listFriends', { path: `/friends/${player}?limit=100` });
    return new Map(json(z.array(friendSchema), answer).map(({ friend_id, state }) => [friend_id, state]));
  }

  const untilSeen = async (player: string, friend: string, state: string | undefined): Promise<void> => {
    const isSeen = async () => (await seenBy(player)).get(friend) === state || undefined;
    await until(`${state ?? 'nothing'} of ${friend} at ${player}`, isSeen);
  };

  async function waitingIn(queue: Queue): Promise<number> {
    const QueueUrl = output(queue);
    const { Attributes } = await sqs().send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
    return Number(Attributes?.ApproximateNumberOfMessages) + Number(Attributes?.ApproximateNumberOfMessagesNotVisible);
  }

  /** Two fresh players. */
  const pair = () => [`ann-${randomUUID()}`, `bob-${randomUUID()}`] as const;

  it('takes two players from a request to a friendship and apart again', async () => {
    const [ann, bob] = pair();
    await post(ann, 'Request', bob);
    await untilSeen(ann, bob, 'Requested');
    await untilSeen(bob, ann, 'Pending');
    await post(bob, 'Accept', ann);
    await untilSeen(bob, ann, 'Friends');
    await untilSeen(ann, bob, 'Friends');
    const asked = await call('isFriend', { path: `/friends/${ann}/isFriend/${bob}` });
    expect(JSON.parse(asked.body)).toStrictEqual({ isFriend: true, state: 'Friends' });
    await post(ann, 'Unfriend', bob);
    await untilSeen(ann, bob, undefined);
    await untilSeen(bob, ann, undefined);
  });

  itOnEndpoint('does what the fixtures say', async () => {
    const sendFixture = async (name: string): Promise<void> => {
      const Entries = JSON.parse(await readFile(`test/fixtures/friends/${name}.json`, 'utf8'));
      await sqs().send(new SendMessageBatchCommand({ QueueUrl: output('ActionQueueUrl'), Entries }));
    };
    await sendFixture('requests');
    for (const [player, friend] of [
      ['bob', 'ann'],
      ['cleo', 'ann'],
      ['ann', 'dan'],
      ['bob', 'ella'],
    ] as const) {
      await untilSeen(player, friend, 'Pending');
    }
    await sendFixture('answers');
    for (const friend of ['bob', 'dan']) await untilSeen('ann', friend, 'Friends');
    await untilSeen('dan', 'ann', 'Friends');
    await untilSeen('ann', 'cleo', undefined);
    await sendFixture('unfriend');
    for (const friend of ['bob', 'dan']) await untilSeen('ann', friend, undefined);
    await untilSeen('ella', 'bob', 'Friends');
    await sendFixture('mutual-request');
    await untilSeen('finn', 'gwen', 'Friends');
    await untilSeen('gwen', 'finn', 'Friends');
  });

  it('pages, under links that lead to the next page', async () => {
    const [ann] = pair();
    const friends = Array.from({ length: 5 }, (_, index) => `${ann}:${index}@example.com`);
    await Promise.all(friends.map((friend) => post(ann, 'Request', friend)));
    await until('all requests', async () => (await seenBy(ann)).size === friends.length || undefined);
    const listed: string[] = [];
    for (let path: string | undefined = `/friends/${ann}?limit=2&state=Requested`; path !== undefined; ) {
      const answer = await call('listFriends', { path });
      listed.push(...json(z.array(friendSchema), answer).map(({ friend_id }) => friend_id));
      const link = /^<(.+)>; rel="next"$/.exec(answer.headers.link ?? '')?.[1];
      path = link && new URL(link, client.url + path).href.slice(client.url.length);
    }
    expect(listed).toStrictEqual(friends);
    const encoded = await call('isFriend', {
      path: `/friends/${ann}/isFriend/${encodeURIComponent(friends[0] ?? '')}`,
    });
    expect(JSON.parse(encoded.body).state).toBe('Requested');
  });

  it('permits pages of other origins, and answers unknown routes itself', async () => {
    const headers = { origin: 'https://x.example', 'access-control-request-method': 'POST' };
    const preflight = await client.send({ method: 'OPTIONS', path: '/friends', headers });
    expect(preflight.statusCode).toBe(204);
    expect(preflight.headers['access-control-allow-origin']).toBe('*');
    expect((await client.send({ path: '/friends' })).statusCode).toBe(404);
    const bad = await call('listFriends', { path: '/friends/a%20b?state=x' });
    expect(bad.statusCode).toBe(400);
  });

  itOnEndpoint('ends as the actions mean when each is sent after the one before has settled', async () => {
    await fc.assert(
      fc.asyncProperty(playerCount, fc.array(step, { minLength: 10, maxLength: 14 }), async (count, steps) => {
        const players = freshPlayers(count);
        const model = new FriendshipModel();
        for (const step of steps) {
          const pair = pairOf(players, step);
          const message = {
            ...pair,
            friend_action: fittingAction(model.stateOf(pair.player_id, pair.friend_id), step),
          };
          await sendCopies(message, step.copies);
          if (model.isApplicable(message)) model.apply(message);
          await untilAsModelled(players, model);
        }
      }),
      { numRuns: 4 },
    );
  });

  itOnEndpoint('ends with both rows or neither, whatever is sent at once', async () => {
    await fc.assert(
      fc.asyncProperty(playerCount, fc.array(step, { minLength: 40, maxLength: 60 }), async (count, steps) => {
        const players = freshPlayers(count);
        await Promise.all(
          steps.map((step) => {
            const friend_action = actions[step.action % actions.length] ?? 'Request';
            return sendCopies({ ...pairOf(players, step), friend_action }, step.copies);
          }),
        );
        await untilTaken();
        await untilLegal(players);
      }),
      { numRuns: 6 },
    );
    expect(await waitingIn('FailedChangesQueueUrl')).toBe(0);
  });

  itOnEndpoint('keeps a message that cannot be parsed, and redrives it on request', async () => {
    const MessageBody = (await readFile('test/fixtures/friends/self-request.json', 'utf8')).slice(0, 20);
    await sqs().send(new SendMessageCommand({ QueueUrl: output('ActionQueueUrl'), MessageBody }));
    const exhaust = (): Promise<unknown> =>
      until('the message in the dead-letter queue', async () => {
        await aws.clock.advance(61_000);
        return (await waitingIn('ActionDeadLetterQueueUrl')) === 1 || undefined;
      });
    await exhaust();
    expect(await redrive()).toMatch(/1 message sent back/);
    await exhaust();
    await sqs().send(new PurgeQueueCommand({ QueueUrl: output('ActionDeadLetterQueueUrl') }));
  });

  itOnEndpoint('has the changes of an outage followed once it is over', async () => {
    const [asking, accepting, rejecting, parting] = [pair(), pair(), pair(), pair()];
    for (const [ann, bob] of [accepting, rejecting, parting]) {
      await post(ann, 'Request', bob);
      await untilSeen(bob, ann, 'Pending');
    }
    await post(parting[1], 'Accept', parting[0]);
    await untilSeen(parting[0], parting[1], 'Friends');

    const followers = ['deliverRequest', 'befriendRequester', 'removeRejected', 'removeUnfriended'];
    const restored = await Promise.all(
      followers.map((name) => breakFunction(lambda(), `friends-local-${name}`, 'FRIENDS_TABLE_NAME')),
    );
    // However this test ends, the others need them whole.
    const restore = () => Promise.all(restored.map((restoreFunction) => restoreFunction()));
    await using cleanup = new AsyncDisposableStack();
    cleanup.defer(async () => {
      await restore();
    });
    await post(asking[0], 'Request', asking[1]);
    await post(accepting[1], 'Accept', accepting[0]);
    await post(rejecting[1], 'Reject', rejecting[0]);
    await post(parting[0], 'Unfriend', parting[1]);
    // First, as time that is advanced runs out for whatever function is at work: five times, and an action is dead.
    await untilTaken();
    await until(
      'a failed change of each function',
      async () => {
        // The longest wait between two attempts.
        await aws.clock.advance(10_000);
        return (await waitingIn('FailedChangesQueueUrl')) >= followers.length || undefined;
      },
      // Forty attempts, each of which a busy machine takes its time for.
      240_000,
    );
    const behind = [
      [asking[1], asking[0], undefined, 'Pending'],
      [accepting[0], accepting[1], 'Requested', 'Friends'],
      [rejecting[0], rejecting[1], 'Requested', undefined],
      [parting[1], parting[0], 'Friends', undefined],
    ] as const;
    for (const [player, friend, before] of behind) expect((await seenBy(player)).get(friend)).toBe(before);
    await restore();
    expect(await redrive('--dry-run')).toMatch(/4 batches of changes wait/);
    expect(await redrive()).toMatch(/4 batches of changes handled/);
    for (const [player, friend, , now] of behind) expect((await seenBy(player)).get(friend)).toBe(now);
    expect(await waitingIn('FailedChangesQueueUrl')).toBe(0);
  });

  async function untilTaken(): Promise<void> {
    await until('an empty action queue', async () => (await waitingIn('ActionQueueUrl')) === 0 || undefined);
  }

  /** What the players see of each other, from both sides. */
  async function viewsOf(players: readonly string[]) {
    const views = new Map(await Promise.all(players.map(async (player) => [player, await seenBy(player)] as const)));
    return players.flatMap((player) =>
      players
        .filter((friend) => friend !== player)
        .map((friend) => ({
          player,
          friend,
          own: views.get(player)?.get(friend),
          theirs: views.get(friend)?.get(player),
        })),
    );
  }

  async function untilAsModelled(players: readonly string[], model: FriendshipModel): Promise<void> {
    await untilTaken();
    await until('the rows that the actions mean', async () => {
      const views = await viewsOf(players);
      return views.every(({ player, friend, own }) => own === model.stateOf(player, friend)) || undefined;
    });
  }

  async function untilLegal(players: readonly string[]): Promise<void> {
    const legal = new Map([
      [undefined, undefined],
      ['Requested', 'Pending'],
      ['Pending', 'Requested'],
      ['Friends', 'Friends'],
    ]);
    const isLegal = async () => (await viewsOf(players)).every(({ own, theirs }) => legal.get(own) === theirs);
    await until('rows that fit each other', async () => ((await isLegal()) && (await isLegal())) || undefined);
  }
});

const playerCount = fc.integer({ min: 2, max: 5 });
const step = fc.record({ from: fc.nat(), to: fc.nat(), action: fc.nat(), copies: fc.nat({ max: 2 }) });
type Step = { readonly from: number; readonly to: number; readonly action: number };

function freshPlayers(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `p${index}-${randomUUID()}`);
}

function pairOf(players: readonly string[], { from, to }: Step): Pair {
  const other = from + 1 + (to % (players.length - 1));
  return { player_id: players[from % players.length] ?? '', friend_id: players[other % players.length] ?? '' };
}

/** One that does something in this state, or any where none does. */
function fittingAction(state: FriendState | undefined, { action }: Step): FriendAction {
  const fitting = {
    none: ['Request'],
    Requested: actions,
    Pending: ['Accept', 'Reject'],
    Friends: ['Unfriend'],
  } as const;
  const candidates = fitting[state ?? 'none'];
  return candidates[action % candidates.length] ?? 'Request';
}

/** `npm run friends:redrive`, as operators run it. */
async function redrive(...options: string[]): Promise<string> {
  const endpoint = aws.url;
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...['tools/redrive/run.ts', '--service', 'friends', '--endpoint-url', endpoint],
    ...options,
  ]);
  return stdout;
}
