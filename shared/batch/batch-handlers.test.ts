import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { DynamoDBRecord } from 'aws-lambda';
import { lambdaContext } from '#test/support/lambda-context.ts';
import { sqsEvent } from '#test/support/sqs-event.ts';

// In this mode Powertools writes through the console, which a test can listen to.
process.env.POWERTOOLS_DEV = 'true';
process.env.POWERTOOLS_METRICS_DISABLED = 'false';
const { defineService } = await import('../service.ts');
const { pipeHandler } = await import('./pipe-handler.ts');
const { sqsHandler } = await import('./sqs-handler.ts');
const { streamHandler } = await import('./stream-handler.ts');

const service = defineService('greetings', () => ({}));
const remaining: number[] = [];

/** Fails for records called `bad`, with what must not be logged. */
async function run(id: string | undefined): Promise<void> {
  service.logger.appendKeys({ key_of_batch: 'x' });
  if (id?.startsWith('bad')) throw new RangeError('ada@example.com');
  service.metrics.addMetric('Greeted', 'Count', 1);
}
const fromQueue = sqsHandler(service, ({ messageId }) => run(messageId));
const fromStream = streamHandler(service, ({ eventID }) => run(eventID));
const fromPipe = pipeHandler(service, ({ eventID }, _dependencies, { remainingTime }) => {
  remaining.push(remainingTime());
  return run(eventID);
});

const changes = (ids: readonly string[]): DynamoDBRecord[] =>
  ids.map((eventID) => ({ eventID, dynamodb: { SequenceNumber: eventID } }));
const consumers = [
  {
    name: 'a queue',
    take: (ids: readonly string[]) =>
      fromQueue(sqsEvent(...ids.map((messageId) => ({ messageId, body: 'private' }))), lambdaContext()),
    failure: (id: string) => ({ message: 'Message failed', message_id: id, receive_count: '1' }),
  },
  {
    name: 'a stream',
    take: (ids: readonly string[]) => fromStream({ Records: changes(ids) }, lambdaContext()),
    failure: (id: string) => ({ message: 'Change failed', event_id: id }),
  },
  {
    name: 'a pipe',
    take: (ids: readonly string[]) => fromPipe(changes(ids), lambdaContext({ remainingMs: 1234 })),
    failure: (id: string) => ({ message: 'Change failed', event_id: id }),
  },
];

/** What was logged while `work` ran, parsed. */
async function logged(t: TestContext, work: () => Promise<unknown>): Promise<Record<string, unknown>[]> {
  const lines: Record<string, unknown>[] = [];
  for (const method of ['info', 'error', 'warn', 'log'] as const) {
    t.mock.method(console, method, (line: string) => lines.push(JSON.parse(line)));
  }
  await work();
  return lines;
}

for (const { name, take, failure } of consumers) {
  describe(`a batch of ${name}`, () => {
    it('is told in one line, after one for each failure that says what kind it was and nothing personal', async (t) => {
      const lines = await logged(t, async () => {
        assert.deepEqual(await take(['good', 'bad']), { batchItemFailures: [{ itemIdentifier: 'bad' }] });
      });
      const told = lines.filter((line) => !('_aws' in line));
      assert.partialDeepStrictEqual(told, [
        { level: 'WARN', ...failure('bad'), reason: 'RangeError' },
        { level: 'INFO', message: 'Batch handled', records: 2, failures: 1 },
      ]);
      assert.equal(told.length, 2);
      for (const line of told) assert.equal(line.function_request_id, lambdaContext().awsRequestId);
      assert.doesNotMatch(JSON.stringify(lines), /private|ada@/);
    });

    it('has its metrics published and its keys forgotten', async (t) => {
      const lines = await logged(t, async () => {
        await take(['good', 'good2']);
        service.logger.info('Between batches');
      });
      const [metric] = lines.filter((line) => '_aws' in line);
      assert.deepEqual([metric?.Greeted, metric?.service], [[1, 1], 'greetings']);
      assert.equal(lines.find(({ message }) => message === 'Between batches')?.key_of_batch, undefined);
    });

    it('is answered also when all of it fails', async (t) => {
      const ids = ['bad1', 'bad2'];
      await logged(t, async () => {
        const { batchItemFailures } = await take(ids);
        assert.equal(batchItemFailures[0]?.itemIdentifier, 'bad1');
      });
    });
  });
}

it('a pipe tells how much time is left', () => {
  assert.deepEqual(new Set(remaining), new Set([1234]));
});
