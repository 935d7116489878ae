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
import { followChange, readChange } from './follow-change.ts';
import { friendList } from './friend-list.ts';
import type { FriendAction, FriendMessage, FriendRow, Pair } from './friendship.ts';
import { FriendshipModel } from './friendship-model.fixture.ts';
import { ownRows } from './own-rows.ts';
import { pairs } from './pairs.ts';
import type { ChangeKind } from './settle.ts';

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
const rows = ownRows(documents, tables);
const bothRows = pairs(documents, tables.friends);
const friends = friendList(documents, tables.friends);
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
type Effect = { readonly kind: ChangeKind; readonly row: FriendRow };

/** Queues and stream as unkind as AWS may be: any order, copies, functions that run at once or stop at any point. */
class World {
  readonly model = new FriendshipModel();
  readonly #queue: Sent[] = [];
  readonly #effects: Effect[] = [];
  readonly #decided = new Set<string>();

  send(message: FriendMessage): void {
    this.#queue.push({ id: randomUUID(), message });
  }

  /** Delivers one of the waiting messages; a copy of it may stay in the queue. False when none waits. */
  async deliver(choice: number, isCopied = false): Promise<boolean> {
    const sent = take(this.#queue, choice, isCopied);
    if (sent === undefined) return false;
    const outcome = await rows.act(sent.message, sent.id, new Date());
    expect(outcome === 'repeated').toBe(this.#decided.has(sent.id));
    this.#decided.add(sent.id);
    if (outcome === 'done') this.model.accept(sent.message);
    return true;
  }

  /** Lets a function handle one of the changes; when it crashes, the change comes again. False when none waits. */
  async follow(choice: number, crash: Crash = 'never'): Promise<boolean> {
    const effect = take(this.#effects, choice, crash !== 'never');
    if (effect === undefined) return false;
    if (crash !== 'before the write') await followChange(effect, bothRows, new Date());
    return true;
  }

  async drain(choice: number): Promise<void> {
    do await this.readStream();
    while ((await this.deliver(choice)) || (await this.follow(choice)));
  }

  async readStream(): Promise<void> {
    for (const record of await stream.read()) {
      for (const { kind, matches } of filters)
        if (matches(JSON.parse(JSON.stringify(record)))) this.#effects.push(readChange(kind, record));
    }
  }
}

function take<T>(waiting: T[], choice: number, isCopied: boolean): T | undefined {
  const index = choice % waiting.length;
  return isCopied ? waiting[index] : waiting.splice(index, 1)[0];
}

type Crash = 'never' | 'before the write' | 'after the write';
type Step =
  | { readonly do: 'send'; readonly from: number; readonly to: number; readonly choice: number; readonly fits: boolean }
  | { readonly do: 'deliver'; readonly choice: number; readonly isCopied: boolean }
  /** One function a choice, all at the same time. */
  | { readonly do: 'follow'; readonly choices: readonly number[]; readonly crash: Crash };

const choice = fc.nat({ max: 1000 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('send'), from: choice, to: choice, choice, fits: fc.boolean() }),
  fc.record({ do: fc.constant('deliver'), choice, isCopied: fc.boolean() }),
  fc.record({
    do: fc.constant('follow'),
    choices: fc.oneof(fc.tuple(choice), fc.array(choice, { minLength: 2, maxLength: 4 })),
    crash: fc.constantFrom('never', 'never', 'before the write', 'after the write'),
  }),
);

const actions = ['Request', 'Accept', 'Reject', 'Unfriend'] as const;

/** Chance alone would hardly ever get through a whole friendship: half of the actions fit the state they are sent in. */
async function chooseAction(pair: Pair, { choice, fits }: Step & { do: 'send' }): Promise<FriendAction> {
  const state = fits ? await friends.findState(pair) : 'Requested';
  const fitting = {
    none: ['Request'],
    Requested: actions,
    Pending: ['Accept', 'Reject'],
    Friends: ['Unfriend'],
  } as const;
  const candidates = fitting[state ?? 'none'];
  return candidates[choice % candidates.length] ?? 'Request';
}

test('whatever queues and streams do, both players end with the rows that the actions mean', async () => {
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
            await Promise.all(next.choices.map((one) => world.follow(one, next.crash)));
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
    // The limit is for the shrinking of a failure, which would go on for many minutes.
    { numRuns: 40, interruptAfterTimeLimit: 120_000, markInterruptAsFailure: true },
  );
});
