import type { AwsCaller } from '../aws-call.ts';
import { type Area, times } from './area.ts';

const messages = 100_000;
const url = (name: string): string => `http://localhost/000000000000/${name}`;

export const queues: Area = {
  name: '100,000 messages in each of three queues, 10,000 queues',
  async prepare(aws) {
    for (const name of ['waiting', 'hidden']) await create(aws, name);
    await create(aws, 'ordered.fifo', { FifoQueue: 'true', ContentBasedDeduplication: 'true' });
  },
  async fill(aws) {
    await sendMany(aws, 'waiting');
    await sendMany(aws, 'hidden');
    await times(messages / 10, () =>
      aws.json('AmazonSQS.ReceiveMessage', {
        QueueUrl: url('hidden'),
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 43_200,
      }),
    );
    // Half of them in one group.
    await sendMany(aws, 'ordered.fifo', (index) => ({ MessageGroupId: index % 2 === 0 ? 'large' : `group-${index}` }));
    await times(10_000, (index) => create(aws, `queue-${index}`));
  },
  operations: {
    'SendMessage, ReceiveMessage and DeleteMessage, many waiting': (aws, index) => pass(aws, 'waiting', index),
    'SendMessage, ReceiveMessage and DeleteMessage, many in flight': (aws, index) => pass(aws, 'hidden', index),
    'the same of a FIFO queue': (aws, index) => pass(aws, 'ordered.fifo', index, { MessageGroupId: 'large' }),
    ChangeMessageVisibility: async (aws, index) => {
      const handle = await sendAndReceive(aws, 'waiting', index);
      await aws.json('AmazonSQS.ChangeMessageVisibility', {
        QueueUrl: url('waiting'),
        ReceiptHandle: handle,
        VisibilityTimeout: 600,
      });
    },
    GetQueueAttributes: (aws) =>
      aws.json('AmazonSQS.GetQueueAttributes', { QueueUrl: url('waiting'), AttributeNames: ['All'] }),
    'ListQueues, a page of 10': (aws) => aws.json('AmazonSQS.ListQueues', { MaxResults: 10 }),
    'CreateQueue and DeleteQueue': async (aws) => {
      await create(aws, 'passing');
      await aws.json('AmazonSQS.DeleteQueue', { QueueUrl: url('passing') });
    },
  },
};

function create(aws: AwsCaller, QueueName: string, Attributes: Record<string, string> = {}): Promise<object> {
  return aws.json('AmazonSQS.CreateQueue', { QueueName, Attributes });
}

function sendMany(aws: AwsCaller, name: string, extras: (index: number) => object = () => ({})): Promise<void> {
  return times(messages / 10, (batch) =>
    aws.json('AmazonSQS.SendMessageBatch', {
      QueueUrl: url(name),
      Entries: Array.from({ length: 10 }, (_, entry) => ({
        Id: String(entry),
        MessageBody: `message ${batch * 10 + entry}`,
        ...extras(batch * 10 + entry),
      })),
    }),
  );
}

async function pass(aws: AwsCaller, name: string, index: number, extras: object = {}): Promise<void> {
  const ReceiptHandle = await sendAndReceive(aws, name, index, extras);
  await aws.json('AmazonSQS.DeleteMessage', { QueueUrl: url(name), ReceiptHandle });
}

async function sendAndReceive(aws: AwsCaller, name: string, index: number, extras: object = {}): Promise<string> {
  const QueueUrl = url(name);
  await aws.json('AmazonSQS.SendMessage', { QueueUrl, MessageBody: `passing ${index} ${Math.random()}`, ...extras });
  const { Messages } = await aws.json('AmazonSQS.ReceiveMessage', { QueueUrl });
  if (!Array.isArray(Messages)) throw new Error(`${name} delivered nothing`);
  return String(Messages[0].ReceiptHandle);
}
