import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { startDynamoDbEngine } from 'local-aws/dynamodb-engine';
import { compileFilters } from 'local-aws/filter-pattern';
import { parse } from 'yaml';
import * as z from 'zod';
import { createDocumentClient, createDynamoDbClient } from '#shared/dynamodb/document-client.ts';
import { awsConfig } from '#test/support/aws-config.ts';
import { recordCalls } from '#test/support/call-recorder.ts';
import { lambdaContext } from '#test/support/lambda-context.ts';
import { sqsEvent } from '#test/support/sqs-event.ts';
import { streamReader } from '#test/support/stream-reader.ts';
import { createTemplateTable } from '#test/support/template-table.ts';
import { actionRepository } from './data/action-repository.ts';
import { friendshipRepository } from './data/friendship-repository.ts';
import type { FriendAction } from './domain/friendship.ts';
import { handler as applyActionFunction } from './handlers/apply-action.ts';
import { handler as befriendRequester } from './handlers/befriend-requester.ts';
import { handler as deliverRequest } from './handlers/deliver-request.ts';
import { handler as removeRejected } from './handlers/remove-rejected.ts';
import { handler as removeUnfriended } from './handlers/remove-unfriended.ts';

type Messages = Parameters<typeof sqsEvent>;

/** The consumers of the queue and of the stream on a real engine, each with the filter that it is deployed with. */
export async function startConsumers() {
  const engine = await startDynamoDbEngine();
  const recorder = await recordCalls(engine.endpoint);
  const file = 'services/friends/table.yml';
  const table = await createTemplateTable(engine.endpoint, file, 'FriendsTable');
  const messages = await createTemplateTable(engine.endpoint, file, 'FriendMessagesTable');
  const stream = await streamReader(engine.endpoint, table);
  const client = createDynamoDbClient(awsConfig(engine.endpoint));
  const documents = createDocumentClient(client);
  const recorded = createDynamoDbClient(awsConfig(recorder.endpoint));

  const applyAction = applyActionFunction.with({
    actions: actionRepository(createDocumentClient(recorded), { friends: table, messages }),
  });
  const dependencies = { friendships: friendshipRepository(createDocumentClient(recorded), table) };
  const handlers = {
    requested: deliverRequest.with(dependencies),
    accepted: befriendRequester.with(dependencies),
    rejected: removeRejected.with(dependencies),
    unfriended: removeUnfriended.with(dependencies),
  };
  const patterns = z
    .record(z.string(), z.array(z.unknown()))
    .parse(parse(await readFile('services/friends/stream-filters.yml', 'utf8')));
  const consumers = Object.entries(handlers).map(([kind, handler]) => ({
    handler,
    matches: compileFilters((patterns[kind] ?? []).map((pattern) => JSON.stringify(pattern))),
  }));

  /** Invokes the consumer of the action queue. @returns the ids of the messages that failed */
  const consume = async (...messages: Messages): Promise<string[]> =>
    (await applyAction(sqsEvent(...messages), lambdaContext())).batchItemFailures.map(
      ({ itemIdentifier }) => itemIdentifier,
    );

  /** Invokes the functions until they have consumed all stream records, also those that they write. @returns how often */
  async function drainStream(): Promise<number> {
    let invocations = 0;
    for (let records = await stream.read(); records.length > 0; records = await stream.read()) {
      for (const { handler, matches } of consumers) {
        const Records = records.filter((record) => matches(JSON.parse(JSON.stringify(record))));
        if (Records.length === 0) continue;
        invocations += 1;
        failIfAny((await handler({ Records }, lambdaContext())).batchItemFailures);
      }
    }
    return invocations;
  }

  const stateOf = async (player_id: string, friend_id: string): Promise<unknown> =>
    (await documents.send(new GetCommand({ TableName: table, Key: { player_id, friend_id } }))).Item?.state;

  return {
    handlers,
    stream,
    consume,
    drainStream,
    /** Two players that no other test uses, with their states. */
    players() {
      const [ann, bob] = [`ann-${randomUUID()}`, `bob-${randomUUID()}`];
      return { ann, bob, states: async () => [await stateOf(ann, bob), await stateOf(bob, ann)] };
    },
    /** Applies actions, and lets the rows of the friends follow. */
    async process(...messages: Messages): Promise<void> {
      failIfAny(await consume(...messages));
      await drainStream();
    },
    /** The writes since the last call. */
    writes: () => recorder.take().filter(({ action }) => !/Get|Query/.test(action)),
    async close(): Promise<void> {
      stream.close();
      client.destroy();
      recorded.destroy();
      await recorder[Symbol.asyncDispose]();
      await engine[Symbol.asyncDispose]();
    },
  };
}

export function message(player_id: string, friend_action: FriendAction, friend_id: string) {
  return { messageId: randomUUID(), body: JSON.stringify({ player_id, friend_id, friend_action }) };
}

/** The benchmarks use this fixture too: it does without jest. */
function failIfAny(failures: readonly unknown[]): void {
  if (failures.length > 0) throw new Error(`${failures.length} records failed: ${JSON.stringify(failures)}`);
}
