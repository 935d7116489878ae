import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { startDynamoDbEngine } from 'local-aws/dynamodb-engine';
import { compileFilters } from 'local-aws/filter-pattern';
import { parse } from 'yaml';
import * as z from 'zod';
import { streamReader } from '#test/support/stream-reader.ts';
import { createTemplateTable } from '#test/support/template-table.ts';
import { actionRepository } from './data/action-repository.ts';
import { friendRepository } from './data/friend-repository.ts';
import { friendshipRepository } from './data/friendship-repository.ts';
import { type Change, readChange } from './domain/friend-update.ts';
import type { FriendAction, FriendMessage, Pair } from './domain/friendship.ts';
import { FriendshipModel } from './domain/friendship-model.fixture.ts';
import { propagateChange } from './domain/propagate-change.ts';

const engine = await startDynamoDbEngine();
afterAll(async () => engine[Symbol.asyncDispose]());
const client = new DynamoDBClient({
  endpoint: engine.endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});
afterAll(() => client.destroy());
const file = 'services/friends/table.yml';
const tables = {
  friends: await createTemplateTable(engine.endpoint, file, 'FriendsTable'),
  messages: await createTemplateTable(engine.endpoint, file, 'FriendMessagesTable'),
};
const documents = DynamoDBDocumentClient.from(client);
const actionRows = actionRepository(documents, tables);
const friendships = friendshipRepository(documents, tables.friends);
const friends = friendRepository(documents, tables.friends);
const stream = await streamReader(engine.endpoint, 'FriendsTable');
afterAll(() => stream.close());

/** The filters that the event source mappings have. */
const kinds = ['requested', 'accepted', 'rejected', 'unfriended'] as const;
const patterns = z
  .record(z.enum(kinds), z.array(z.record(z.string(), z.unknown())))
  .parse(parse(await readFile('services/friends/stream-filters.yml', 'utf8')));
const filters = kinds.map((kind) => ({
  kind,
  matches: compileFilters(patterns[kind].map((pattern) => JSON.stringify(pattern))),
}));

type Sent = { readonly id: string; readonly message: FriendMessage };

/** A queue and a stream at their worst: any order, copies, functions that run concurrently or stop at any point. */
class World {
  readonly model = new FriendshipModel();
  readonly #queue: Sent[] = [];
  readonly #changes: Change[] = [];
  readonly #processed = new Set<string>();

  send(message: FriendMessage): void {
    this.#queue.push({ id: randomUUID(), message });
  }

  /** Delivers one of the waiting messages; a copy of it may stay in the queue. False if none waits. */
  async deliver(choice: number, isCopied = false): Promise<boolean> {
    const sent = take(this.#queue, choice, isCopied);
    if (sent === undefined) return false;
    const result = await actionRows.apply(sent.message, sent.id, new Date());
    expect('refused' in result && result.refused === 'duplicate').toBe(this.#processed.has(sent.id));
    this.#processed.add(sent.id);
    if (!('refused' in result)) this.model.apply(sent.message);
    return true;
  }

  /** Lets a function handle one of the changes; after a crash the change is delivered again. False if none waits. */
  async propagate(choice: number, crash: Crash = 'never'): Promise<boolean> {
    const change = take(this.#changes, choice, crash !== 'never');
    if (change === undefined) return false;
    if (crash !== 'before the write') await propagateChange(change, friendships, new Date());
    return true;
  }

  async drain(choice: number): Promise<void> {
    do await this.readStream();
    while ((await this.deliver(choice)) || (await this.propagate(choice)));
  }

  async readStream(): Promise<void> {
    for (const record of await stream.read()) {
      for (const { kind, matches } of filters)
        if (matches(JSON.parse(JSON.stringify(record)))) this.#changes.push(readChange(kind, record));
    }
  }
}

function take<T>(waiting: T[], choice: number, isCopied: boolean): T | undefined {
  const index = choice % waiting.length;
  return isCopied ? waiting[index] : waiting.splice(index, 1)[0];
}

type Crash = 'never' | 'before the write' | 'after the write';
type Step =
  | {
      readonly do: 'send';
      readonly from: number;
      readonly to: number;
      readonly choice: number;
      readonly isApplicable: boolean;
    }
  | { readonly do: 'deliver'; readonly choice: number; readonly isCopied: boolean }
  /** One function for each choice, all at the same time. */
  | { readonly do: 'propagate'; readonly choices: readonly number[]; readonly crash: Crash };

const choice = fc.nat({ max: 1000 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('send'), from: choice, to: choice, choice, isApplicable: fc.boolean() }),
  fc.record({ do: fc.constant('deliver'), choice, isCopied: fc.boolean() }),
  fc.record({
    do: fc.constant('propagate'),
    choices: fc.oneof(fc.tuple(choice), fc.array(choice, { minLength: 2, maxLength: 4 })),
    crash: fc.constantFrom('never', 'never', 'before the write', 'after the write'),
  }),
);

const actions = ['Request', 'Accept', 'Reject', 'Unfriend'] as const;

/** Half of the actions are applicable when they are sent: random ones would rarely get through a whole friendship. */
async function chooseAction(pair: Pair, { choice, isApplicable }: Step & { do: 'send' }): Promise<FriendAction> {
  const state = isApplicable ? await friends.findState(pair) : 'Requested';
  const applicable = {
    none: ['Request'],
    Requested: actions,
    Pending: ['Accept', 'Reject'],
    Friends: ['Unfriend'],
  } as const;
  const candidates = applicable[state ?? 'none'];
  return candidates[choice % candidates.length] ?? 'Request';
}

test('both players end with the rows that the applied actions require, whatever queue and stream do', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(2, 2, 3, 5),
      fc.array(step, { maxLength: 80, size: 'max' }),
      choice,
      async (count, steps, seed) => {
        const players = Array.from({ length: count }, (_, index) => `${randomUUID()}-${index}`);
        const playerAt = (index: number) => players[index % count] ?? '';
        const world = new World();
        for (const next of steps) {
          if (next.do === 'send') {
            const pair = {
              player_id: playerAt(next.from),
              friend_id: playerAt(next.from + 1 + (next.to % (count - 1))),
            };
            world.send({ ...pair, friend_action: await chooseAction(pair, next) });
          } else if (next.do === 'deliver') {
            await world.deliver(next.choice, next.isCopied);
          } else {
            await world.readStream();
            await Promise.all(next.choices.map((one) => world.propagate(one, next.crash)));
          }
        }
        await world.drain(seed);

        for (const player of players) {
          const { items } = await friends.list(player, { limit: 100 });
          const actual = items.map(({ friend_id, state }) => ({ friend_id, state }));
          const expected = players.toSorted().flatMap((friend_id) => {
            const state = friend_id === player ? undefined : world.model.stateOf(player, friend_id);
            return state === undefined ? [] : [{ friend_id, state }];
          });
          expect(actual).toStrictEqual(expected);
        }
      },
    ),
    // The limit is for shrinking a failure, which would take many minutes.
    { numRuns: 40, interruptAfterTimeLimit: 120_000, markInterruptAsFailure: true },
  );
});
