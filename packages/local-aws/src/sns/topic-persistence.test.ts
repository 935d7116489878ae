import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CreateTopicCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { ManualClock } from '../core/clock.ts';
import { memoryState } from '../core/memory-state.fixture.ts';
import { startInProcessServices } from '../edge/in-process-services.fixture.ts';

test('a FIFO topic knows duplicates, and goes on counting, after a restart', async () => {
  const clock = new ManualClock();
  const state = memoryState();
  const Attributes = { FifoTopic: 'true', ContentBasedDeduplication: 'true' };
  const TopicArn = 'arn:aws:sns:us-east-1:000000000000:orders.fifo';
  const publish = (client: SNSClient, Message: string) =>
    client.send(new PublishCommand({ TopicArn, Message, MessageGroupId: 'g' }));

  const before = await startInProcessServices({ clock, state });
  const earlier = new SNSClient(before.clientConfig);
  await earlier.send(new CreateTopicCommand({ Name: 'orders.fifo', Attributes }));
  const first = await publish(earlier, 'order 1');
  earlier.destroy();
  await before.close();

  const after = await startInProcessServices({ clock, state });
  const later = new SNSClient(after.clientConfig);
  const duplicate = await publish(later, 'order 1');
  const second = await publish(later, 'order 2');
  later.destroy();
  await after.close();
  assert.deepEqual([duplicate.MessageId, duplicate.SequenceNumber], [first.MessageId, first.SequenceNumber]);
  assert.ok((second.SequenceNumber ?? '') > (first.SequenceNumber ?? ''));
});
