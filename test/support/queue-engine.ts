import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';

/** Running queues, empty at first. */
export type QueueEngine = AsyncDisposable & {
  readonly endpoint: string;
  /** Makes a queue and gives its URL. */
  createQueue(name: string): Promise<string>;
};

/** Starts the queue engine on a free port. */
export async function startQueueEngine(): Promise<QueueEngine> {
  const app = buildApp({ logger: false });
  const endpoint = await app.listen({ port: 0, host: '127.0.0.1' });
  const client = new SQSClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  return {
    endpoint,
    async createQueue(name) {
      await client.send(new CreateQueueCommand({ QueueName: name }));
      return `${endpoint}/000000000000/${name}`;
    },
    async [Symbol.asyncDispose]() {
      client.destroy();
      await app.close();
    },
  };
}
