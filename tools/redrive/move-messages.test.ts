import { ReceiveMessageCommand, SendMessageCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, expect, test } from '@jest/globals';
import { startQueueEngine } from '#test/support/queue-engine.ts';
import { moveMessages } from './move-messages.ts';

const queues = await startQueueEngine();
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const sqs = new SQSClient({ endpoint: queues.endpoint, region: 'us-east-1', credentials });
afterAll(async () => {
  sqs.destroy();
  await queues[Symbol.asyncDispose]();
});

test('a message that the target does not take stays, and keeps no other from going', async () => {
  const [from, to] = [await queues.createQueue('from'), await queues.createQueue('to')];
  const limit = new SetQueueAttributesCommand({ QueueUrl: to, Attributes: { MaximumMessageSize: '1024' } });
  await sqs.send(limit);
  for (const MessageBody of ['one', 'x'.repeat(1024), 'two']) {
    await sqs.send(new SendMessageCommand({ QueueUrl: from, MessageBody }));
  }
  const left: string[] = [];
  const options = { max: 10, isDryRun: false, onProgress: () => {}, onLeft: (reason: string) => left.push(reason) };
  expect(await moveMessages(sqs, { name: 'any', from, to }, options)).toBe(2);
  expect(left).toHaveLength(1);
  expect(left[0] ?? '').toMatch(/^Message [\w-]+: .*1024 bytes/);
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: to, MaxNumberOfMessages: 10 }));
  expect(Messages?.map(({ Body }) => Body).sort()).toStrictEqual(['one', 'two']);
});
