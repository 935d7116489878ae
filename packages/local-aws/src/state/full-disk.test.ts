import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { systemClock } from '../core/clock.ts';
import { CredentialStore } from '../core/credentials.ts';
import { startEdge } from '../edge/server.ts';
import { createSqs } from '../sqs/sqs.ts';
import { until } from '../testing/until.ts';
import { durableApi, writableApi } from './durable-answers.ts';
import { openStateStore } from './sqlite-state-store.ts';

const QueueUrl = 'http://localhost/000000000000/jobs';

/** SQS as the endpoint serves it, on a folder whose disk has `pages` of 4 KB for the state. */
async function startOn(directory: string, disk: { pages: number }) {
  const notes: string[] = [];
  const state = openStateStore(directory, { maxPages: () => disk.pages, onNote: (text) => notes.push(text) });
  const credentials = new CredentialStore();
  const sqs = createSqs({ clock: systemClock, state, endpointUrl: () => 'http://localhost' });
  const edge = await startEdge({
    port: 0,
    apis: { sqs: durableApi(state, writableApi(state, sqs.api)) },
    frontends: [],
    pages: {},
    credentials,
    onError: (error) => assert.fail(String(error)),
  });
  const client = new SQSClient({
    endpoint: `http://127.0.0.1:${edge.port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  return {
    client,
    notes,
    async [Symbol.asyncDispose]() {
      client.destroy();
      await edge.close();
      sqs.close();
      await state.close().catch(() => {});
    },
  };
}

const send = (client: SQSClient, text: string) =>
  client.send(new SendMessageCommand({ QueueUrl, MessageBody: text.padEnd(3000) }));

async function bodiesIn(client: SQSClient): Promise<Set<string>> {
  const bodies = new Set<string>();
  for (;;) {
    const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    if (Messages.length === 0) return bodies;
    for (const { Body = '', ReceiptHandle } of Messages) {
      bodies.add(Body.trim());
      await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  }
}

it('refuses writes on a full disk, serves reads, goes on when there is space, and loses nothing', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'full-disk-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const disk = { pages: 30 };
  const acknowledged = new Set<string>();
  {
    await using endpoint = await startOn(directory, disk);
    const { client, notes } = endpoint;
    await client.send(new CreateQueueCommand({ QueueName: 'jobs' }));
    let refusal: unknown;
    for (let index = 0; refusal === undefined && index < 100; index += 1) {
      try {
        await send(client, `job ${index}`);
        acknowledged.add(`job ${index}`);
      } catch (error) {
        refusal = error;
      }
    }
    assert.ok(refusal instanceof Error);
    assert.equal(refusal.name, 'ServiceUnavailable');
    assert.match(refusal.message, /^The disk of .*state\.db is full/);
    await assert.rejects(send(client, 'refused before it is tried'), { name: 'ServiceUnavailable' });
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
    );
    assert.ok(Number(Attributes?.ApproximateNumberOfMessages) >= acknowledged.size);

    disk.pages = 1000;
    await until('the state to be written again', () => notes.length === 2);
    assert.match(notes[1] ?? '', /can be written again/);
    await send(client, 'last');
    acknowledged.add('last');
  }
  await using after = await startOn(directory, disk);
  const kept = await bodiesIn(after.client);
  assert.deepEqual(
    [...acknowledged].filter((text) => !kept.has(text)),
    [],
  );
  assert.equal(kept.has('refused before it is tried'), false);
});
