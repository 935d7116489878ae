import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { ManualClock } from '../core/clock.ts';
import { type InProcessServices, startInProcessServices } from '../edge/in-process-services.fixture.ts';

// What AWS answered when LocalStack recorded it: tests/aws/services/sqs/*.snapshot.json of its repository. The names of
// its tests stand at the expectations.
describe('SQS answers as it was recorded on AWS', () => {
  const clock = new ManualClock();
  let edge: InProcessServices;
  let client: SQSClient;
  let count = 0;

  before(async () => {
    edge = await startInProcessServices({ clock });
    client = new SQSClient(edge.clientConfig);
  });
  after(async () => {
    client.destroy();
    await edge.close();
  });

  async function createQueue(Attributes: Record<string, string> = {}): Promise<string> {
    count += 1;
    const QueueName = `queue-${count}${Attributes.FifoQueue === undefined ? '' : '.fifo'}`;
    const { QueueUrl = '' } = await client.send(new CreateQueueCommand({ QueueName, Attributes }));
    return QueueUrl;
  }
  const fifo = { FifoQueue: 'True', ContentBasedDeduplication: 'True', VisibilityTimeout: '30' };
  const send = (QueueUrl: string, MessageBody: string, MessageGroupId = 'g') =>
    client.send(new SendMessageCommand({ QueueUrl, MessageBody, MessageGroupId }));
  const receive = async (QueueUrl: string, options = {}) =>
    (await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, ...options }))).Messages ?? [];
  const remove = (QueueUrl: string, ReceiptHandle: string | undefined) =>
    client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  const attributesOf = async (QueueUrl: string) =>
    (await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }))).Attributes ?? {};
  const set = (QueueUrl: string, Attributes: Record<string, string>) =>
    client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
  const post = async (path: string, body: string) => {
    const authorization =
      'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0';
    const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
    const response = await fetch(`${edge.url}${path}`, { method: 'POST', headers, body });
    return { status: response.status, body: await response.text() };
  };

  describe('a receipt handle of a FIFO queue', () => {
    const expired = (handle = '') => ({
      name: 'InvalidParameterValue',
      message: `Value ${handle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.`,
      $metadata: { httpStatusCode: 400 },
    });
    const rejectsAsExpired = async (call: Promise<unknown>, handle: string | undefined) => {
      const { name, message, $metadata } = expired(handle);
      await assert.rejects(call, (error: Error & { $metadata?: { httpStatusCode?: number } }) => {
        assert.deepEqual([error.name, error.message], [name, message]);
        assert.equal(error.$metadata?.httpStatusCode, $metadata.httpStatusCode);
        return true;
      });
    };

    // test_fifo_delete_after_visibility_timeout, test_fifo_delete_after_visibility_timeout_extended
    it('does not delete after the visibility timeout', async () => {
      const QueueUrl = await createQueue(fifo);
      await send(QueueUrl, 'a');
      const [first] = await receive(QueueUrl);
      await clock.advance(30_000);
      await rejectsAsExpired(remove(QueueUrl, first?.ReceiptHandle), first?.ReceiptHandle);
      const [second] = await receive(QueueUrl);
      await rejectsAsExpired(remove(QueueUrl, first?.ReceiptHandle), first?.ReceiptHandle);
      const VisibilityTimeout = 60;
      const extend = { QueueUrl, ReceiptHandle: second?.ReceiptHandle, VisibilityTimeout };
      await client.send(new ChangeMessageVisibilityCommand(extend));
      await clock.advance(45_000);
      await remove(QueueUrl, second?.ReceiptHandle);
      await clock.advance(60_000);
      assert.deepEqual(await receive(QueueUrl), []);
      await remove(QueueUrl, second?.ReceiptHandle);
    });

    // aws/aws-sdk-js#1750
    it('of a receive with a visibility timeout of 0 never deletes', async () => {
      const QueueUrl = await createQueue(fifo);
      await send(QueueUrl, 'a');
      const [message] = await receive(QueueUrl, { VisibilityTimeout: 0 });
      await rejectsAsExpired(remove(QueueUrl, message?.ReceiptHandle), message?.ReceiptHandle);
      assert.equal((await receive(QueueUrl)).length, 1);
    });

    // smaskalik/sqsmover#54 shows the entry
    it('fails its entry of a batch', async () => {
      const QueueUrl = await createQueue(fifo);
      await send(QueueUrl, 'a', 'one');
      await send(QueueUrl, 'b', 'two');
      const [late] = await receive(QueueUrl, { MaxNumberOfMessages: 1, VisibilityTimeout: 1 });
      await clock.advance(1000);
      const [, good] = [late, ...(await receive(QueueUrl, { MaxNumberOfMessages: 1 }))];
      const Entries = [late, good].map((message, index) => ({ Id: `${index}`, ReceiptHandle: message?.ReceiptHandle }));
      const { Successful, Failed } = await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
      assert.deepEqual(Successful, [{ Id: '1' }]);
      const entry = { Code: 'ReceiptHandleIsInvalid', Message: 'The receipt handle has expired', SenderFault: true };
      assert.deepEqual(Failed, [{ Id: '0', ...entry }]);
    });
  });

  // test_change_message_visibility_after_visibility_timeout_expiration
  it('changes nothing when a message of a standard queue is visible again', async () => {
    const QueueUrl = await createQueue({ VisibilityTimeout: '1' });
    await send(QueueUrl, 'a');
    const [message] = await receive(QueueUrl);
    await clock.advance(2000);
    const late = { QueueUrl, ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: 20 };
    await client.send(new ChangeMessageVisibilityCommand(late));
    assert.equal((await receive(QueueUrl)).length, 1);
  });

  // test_fifo_group_visibility_extends_with_change_message_visibility
  for (const [position, visible] of [
    [0, []],
    [1, ['a']],
    [2, ['a', 'b']],
  ] as const) {
    it(`holds back what comes after message ${position} of a group while that is in flight`, async () => {
      const QueueUrl = await createQueue({ ...fifo, VisibilityTimeout: '1' });
      for (const body of ['a', 'b', 'c']) await send(QueueUrl, body);
      const received = await receive(QueueUrl);
      const longer = { QueueUrl, ReceiptHandle: received[position]?.ReceiptHandle, VisibilityTimeout: 40 };
      await client.send(new ChangeMessageVisibilityCommand(longer));
      await clock.advance(2000);
      assert.deepEqual(
        (await receive(QueueUrl)).map(({ Body }) => Body),
        visible,
      );
    });
  }

  // test_fifo_queue_send_message_with_zero_delay_defaults_to_queue_delay
  it('delays messages to a FIFO queue as the queue says, whatever their own delay of 0', async () => {
    const QueueUrl = await createQueue({ ...fifo, DelaySeconds: '2' });
    const message = { QueueUrl, MessageBody: 'a', MessageGroupId: 'g', DelaySeconds: 0 };
    await client.send(new SendMessageCommand(message));
    assert.deepEqual(await receive(QueueUrl), []);
    await clock.advance(2000);
    assert.equal((await receive(QueueUrl)).length, 1);
  });

  describe('attributes of a queue', () => {
    // test_sse_kms_and_sqs_are_mutually_exclusive
    it('have one type of encryption', async () => {
      const both = { KmsMasterKeyId: 'alias/aws/sqs', SqsManagedSseEnabled: 'true' };
      const refusal = {
        name: 'InvalidAttributeName',
        message:
          'You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.',
      };
      const QueueUrl = await createQueue();
      await assert.rejects(set(QueueUrl, both), refusal);
      await assert.rejects(createQueue(both), refusal);
    });

    // test_set_queue_attributes_default_values, test_sse_queue_attributes
    it('change from one type of encryption to the other', async () => {
      const QueueUrl = await createQueue();
      const encryption = async () => {
        const { KmsMasterKeyId, KmsDataKeyReusePeriodSeconds, SqsManagedSseEnabled } = await attributesOf(QueueUrl);
        return [KmsMasterKeyId, KmsDataKeyReusePeriodSeconds, SqsManagedSseEnabled];
      };
      await set(QueueUrl, { KmsMasterKeyId: 'key', KmsDataKeyReusePeriodSeconds: '6000' });
      assert.deepEqual(await encryption(), ['key', '6000', 'false']);
      await set(QueueUrl, { KmsMasterKeyId: '', KmsDataKeyReusePeriodSeconds: '300' });
      assert.deepEqual(await encryption(), [undefined, undefined, 'false']);
      await set(QueueUrl, { KmsMasterKeyId: 'key' });
      await set(QueueUrl, { SqsManagedSseEnabled: 'true' });
      assert.deepEqual(await encryption(), [undefined, undefined, 'true']);
    });

    // test_create_standard_queue_with_fifo_attribute_raises_error, test_set_unsupported_attribute_standard
    it('of FIFO queues do not exist on a standard queue', async () => {
      const QueueUrl = await createQueue();
      for (const [Attributes, message] of [
        [{ FifoQueue: 'false' }, 'Unknown Attribute FifoQueue.'],
        [{ ContentBasedDeduplication: 'false' }, 'Unknown Attribute ContentBasedDeduplication.'],
        [{ DeduplicationScope: 'queue' }, 'You can specify the DeduplicationScope only when FifoQueue is set to true.'],
        [
          { FifoThroughputLimit: 'perQueue' },
          'You can specify the FifoThroughputLimit only when FifoQueue is set to true.',
        ],
      ] as const) {
        const refusal = { name: 'InvalidAttributeName', message };
        await assert.rejects(client.send(new CreateQueueCommand({ QueueName: 'standard', Attributes })), refusal);
        await assert.rejects(set(QueueUrl, Attributes), refusal);
      }
      // test_set_unsupported_attribute_fifo
      const ordered = await createQueue(fifo);
      await set(ordered, { FifoQueue: 'true' });
      await assert.rejects(set(ordered, { FifoQueue: 'false' }), /Modifying queue type is not supported/);
    });
  });

  // test_send_batch_missing_message_group_id_for_fifo_queue, test_send_batch_missing_deduplication_id_for_fifo_queue
  it('refuses a batch to a FIFO queue as a whole when an entry has no group or deduplication id', async () => {
    const QueueUrl = await createQueue({ FifoQueue: 'true' });
    const good = { Id: 'good', MessageBody: 'a', MessageGroupId: 'g', MessageDeduplicationId: 'd' };
    for (const [bad, message] of [
      [{ MessageDeduplicationId: 'e' }, 'The request must contain the parameter MessageGroupId.'],
      [{ MessageGroupId: 'g' }, /^The queue should either have ContentBasedDeduplication enabled/],
    ] as const) {
      const Entries = [good, { Id: 'bad', MessageBody: 'b', ...bad }];
      await assert.rejects(client.send(new SendMessageBatchCommand({ QueueUrl, Entries })), {
        name: 'InvalidParameterValue',
        message,
      });
    }
    assert.deepEqual(await receive(QueueUrl), []);
  });

  it('says what is wrong in its own words', async () => {
    const QueueUrl = await createQueue();
    // test_send_message_with_empty_string_attribute
    const MessageAttributes = { ErrorDetails: { DataType: 'String', StringValue: '' } };
    await assert.rejects(client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a', MessageAttributes })), {
      name: 'InvalidParameterValue',
      message: "Message (user) attribute 'ErrorDetails' must contain a non-empty value of type 'String'.",
    });
    // test_send_receive_wait_time_seconds
    await assert.rejects(receive(QueueUrl, { WaitTimeSeconds: 21 }), {
      message: 'Value 21 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided.',
    });
    // test_destination_needs_to_exist
    const SourceArn = (await attributesOf(QueueUrl)).QueueArn;
    const DestinationArn = 'arn:aws:sqs:us-east-1:000000000000:gone';
    await assert.rejects(client.send(new StartMessageMoveTaskCommand({ SourceArn, DestinationArn })), {
      name: 'ResourceNotFoundException',
      message: "The resource that you specified for the DestinationArn parameter doesn't exist.",
    });
    // test_successive_purge_calls_fail
    await client.send(new PurgeQueueCommand({ QueueUrl }));
    await assert.rejects(client.send(new PurgeQueueCommand({ QueueUrl })), (error: Error) => {
      assert.match(JSON.stringify(error), /"httpStatusCode":403/);
      return true;
    });
    // test_non_existent_queue
    const answer = await post('/000000000000/gone', 'Action=GetQueueAttributes');
    assert.match(
      answer.body,
      /<Code>AWS.SimpleQueueService.NonExistentQueue<.*does not exist for this wsdl version\./s,
    );
  });

  it('finds a queue by a URL or a path with a slash at its end', async () => {
    const QueueUrl = await createQueue();
    await send(`${QueueUrl}/`, 'by URL');
    const { pathname } = new URL(QueueUrl);
    assert.equal((await post(`${pathname}/`, 'Action=SendMessage&MessageBody=by+path')).status, 200);
    assert.deepEqual(
      (await receive(QueueUrl)).map(({ Body }) => Body),
      ['by URL', 'by path'],
    );
  });

  // test_receive_message_message_attribute_names_filters[sqs], [sqs_query]
  it('selects message attributes by patterns', async () => {
    const QueueUrl = await createQueue({ VisibilityTimeout: '0' });
    const text = (StringValue: string) => ({ DataType: 'String', StringValue });
    const MessageAttributes = { 'Help.Me': text('Me'), Hello: text('There'), General: text('Kenobi') };
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'msg', MessageAttributes }));
    const namesBy = async (...MessageAttributeNames: string[]) => {
      const [message] = await receive(QueueUrl, { MessageAttributeNames });
      return Object.keys(message?.MessageAttributes ?? {}).sort();
    };
    const all = ['General', 'Hello', 'Help.Me'];
    assert.deepEqual([await namesBy('All'), await namesBy('*'), await namesBy('.*')], [all, all, all]);
    assert.deepEqual(await namesBy('Hel.*'), ['Hello', 'Help.Me']);
    assert.deepEqual([await namesBy('Foo', 'Help'), await namesBy('AWS.'), await namesBy('..foo')], [[], [], []]);
    const { status, body } = await post(new URL(QueueUrl).pathname, 'Action=ReceiveMessage&MessageAttributeNames=');
    assert.equal(status, 200);
    assert.doesNotMatch(body, /<MessageAttribute>/);
  });
});
