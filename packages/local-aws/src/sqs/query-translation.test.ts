import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type InProcessServices, startInProcessServices } from '../edge/in-process-services.fixture.ts';

describe('the Query protocol of SQS', () => {
  let edge: InProcessServices;
  let queueUrl = '';

  before(async () => {
    edge = await startInProcessServices();
    const created = await call('/', {
      Action: 'CreateQueue',
      QueueName: 'forms',
      'Attribute.1.Name': 'VisibilityTimeout',
      'Attribute.1.Value': '0',
      'Tag.1.Key': 'team',
      'Tag.1.Value': 'a&b',
    });
    queueUrl = element(created.text, 'QueueUrl') ?? '';
  });
  after(async () => {
    await edge.close();
  });

  async function call(path: string, form: Record<string, string>, isSigned = true) {
    const response = await fetch(edge.url + path, {
      method: 'POST',
      body: new URLSearchParams({ Version: '2012-11-05', ...form }),
      headers: isSigned
        ? { authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sqs/aws4_request, Signature=x' }
        : {},
    });
    return { status: response.status, text: await response.text() };
  }
  const element = (xml: string, name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];

  it('makes and finds queues', async () => {
    assert.equal(queueUrl, `${edge.url}/000000000000/forms`);
    const found = await call('/', { Action: 'GetQueueUrl', QueueName: 'forms' });
    assert.equal(element(found.text, 'QueueUrl'), queueUrl);
    assert.match(
      found.text,
      /^<\?xml version="1.0"\?>\n<GetQueueUrlResponse xmlns="http:\/\/queue.amazonaws.com\/doc\/2012-11-05\/">/,
    );
    const listed = await call('/', { Action: 'ListQueues' });
    assert.match(listed.text, /<ListQueuesResult><QueueUrl>[^<]+<\/QueueUrl><\/ListQueuesResult>/);
    const tags = await call('/', { Action: 'ListQueueTags', QueueUrl: queueUrl });
    assert.match(tags.text, /<Tag><Key>team<\/Key><Value>a&amp;b<\/Value><\/Tag>/);
  });

  it('takes the path for the queue, as API Gateway sends it', async () => {
    const { status, text } = await call('/000000000000/forms', {
      Action: 'SendMessage',
      MessageBody: '{"a":"<é> & +"}',
      'MessageAttribute.1.Name': 'kind',
      'MessageAttribute.1.Value.DataType': 'String',
      'MessageAttribute.1.Value.StringValue': 'new',
    });
    assert.equal(status, 200, text);
    assert.match(element(text, 'MessageId') ?? '', /^[0-9a-f-]{36}$/);
    const received = await call('/000000000000/forms', {
      Action: 'ReceiveMessage',
      'AttributeName.1': 'ApproximateReceiveCount',
      'MessageAttributeName.1': 'All',
      MaxNumberOfMessages: '10',
    });
    assert.equal(element(received.text, 'MD5OfBody'), element(text, 'MD5OfMessageBody'));
    assert.match(received.text, /<Body>\{&quot;a&quot;:&quot;&lt;é&gt; &amp; \+&quot;\}<\/Body>/);
    assert.match(received.text, /<Attribute><Name>ApproximateReceiveCount<\/Name><Value>1<\/Value><\/Attribute>/);
    assert.match(
      received.text,
      /<MessageAttribute><Name>kind<\/Name><Value><DataType>String<\/DataType><StringValue>new<\/StringValue><\/Value><\/MessageAttribute>/,
    );
    const deleted = await call('/000000000000/forms', {
      Action: 'DeleteMessage',
      ReceiptHandle: element(received.text, 'ReceiptHandle') ?? '',
    });
    assert.match(deleted.text, /<DeleteMessageResponse xmlns="[^"]+"><ResponseMetadata>/);
    const empty = await call('/000000000000/forms', { Action: 'ReceiveMessage' });
    assert.match(empty.text, /<ReceiveMessageResult><\/ReceiveMessageResult>/);
  });

  it('refuses a form without a signature, which a web page can send', async () => {
    const form = { Action: 'SendMessage', MessageBody: 'evil' };
    assert.equal((await call('/000000000000/forms', form, false)).status, 403);
    const empty = await call('/000000000000/forms', { Action: 'ReceiveMessage' });
    assert.match(empty.text, /<ReceiveMessageResult><\/ReceiveMessageResult>/);
  });

  it('takes a call in the query of a URL', async () => {
    const query = new URLSearchParams({ Action: 'GetQueueAttributes', 'AttributeName.1': 'QueueArn' });
    const response = await fetch(`${queueUrl}?${query}`, {
      headers: { authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sqs/aws4_request, Signature=x' },
    });
    assert.match(
      await response.text(),
      /<Attribute><Name>QueueArn<\/Name><Value>arn:aws:sqs:us-east-1:000000000000:forms<\/Value><\/Attribute>/,
    );
  });

  it('sends batches', async () => {
    const { text } = await call('/', {
      Action: 'SendMessageBatch',
      QueueUrl: queueUrl,
      'SendMessageBatchRequestEntry.1.Id': 'one',
      'SendMessageBatchRequestEntry.1.MessageBody': '1',
      'SendMessageBatchRequestEntry.2.Id': 'two',
      'SendMessageBatchRequestEntry.2.MessageBody': '\u0001',
    });
    assert.match(text, /<SendMessageBatchResultEntry><Id>one<\/Id>/);
    assert.match(
      text,
      /<BatchResultErrorEntry><Id>two<\/Id><SenderFault>true<\/SenderFault><Code>InvalidMessageContents<\/Code>/,
    );
  });

  it('answers errors with the codes of old', async () => {
    for (const [form, code] of [
      [{ Action: 'SendMessage', QueueUrl: 'nothing', MessageBody: 'x' }, 'AWS.SimpleQueueService.NonExistentQueue'],
      [{ Action: 'SendMessage', QueueUrl: queueUrl }, 'MissingParameter'],
      [{ Action: 'ReceiveMessage', QueueUrl: queueUrl, MaxNumberOfMessages: '11' }, 'InvalidParameterValue'],
      [{ Action: 'ReceiveMessage', QueueUrl: queueUrl, MaxNumberOfMessages: 'many' }, 'SerializationException'],
      [{ Action: 'Nonsense' }, 'InvalidAction'],
      [{}, 'InvalidAction'],
    ] as const) {
      const { status, text } = await call('/', form);
      assert.equal(status, 400);
      assert.equal(element(text, 'Code'), code, text);
      assert.equal(element(text, 'Type'), 'Sender');
    }
  });
});
