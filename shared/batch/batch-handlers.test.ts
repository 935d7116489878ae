import { describe, expect, it, jest } from '@jest/globals';
import type { DynamoDBRecord } from 'aws-lambda';
import * as z from 'zod/mini';
import { lambdaContext } from '#test/support/lambda-context.ts';
import { sqsEvent } from '#test/support/sqs-event.ts';
import { defineService } from '../service.ts';
import type { BatchContext } from './batch-context.ts';
import { pipeHandler } from './pipe-handler.ts';
import { sqsHandler } from './sqs-handler.ts';
import { streamHandler } from './stream-handler.ts';

// In this mode Powertools writes through the console, which a test can listen to.
Object.assign(process.env, {
  POWERTOOLS_DEV: 'true',
  POWERTOOLS_LOG_LEVEL: 'INFO',
  POWERTOOLS_METRICS_DISABLED: 'false',
});

const service = defineService('greetings', () => ({}));
const remaining: number[] = [];

/** Fails for records called `bad`, with a text that must not be logged. */
async function run(id: string | undefined, { logger, metrics }: BatchContext): Promise<void> {
  logger.appendKeys({ key_of_batch: 'x' });
  if (id?.startsWith('bad')) throw new RangeError('ada@example.com');
  metrics.addMetric('Greeted', 'Count', 1);
}
const fromQueue = sqsHandler(service, ({ messageId }, _dependencies, context) => run(messageId, context));
const fromStream = streamHandler(service, ({ eventID }, _dependencies, context) => run(eventID, context));
const fromPipe = pipeHandler(service, ({ eventID }, _dependencies, context) => {
  remaining.push(context.remainingTime());
  return run(eventID, context);
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
async function logged(work: () => Promise<unknown>): Promise<Record<string, unknown>[]> {
  const lines: Record<string, unknown>[] = [];
  for (const method of ['info', 'error', 'warn', 'log'] as const) {
    jest.spyOn(console, method).mockImplementation((line: string) => lines.push(JSON.parse(line)));
  }
  await work();
  return lines;
}

for (const { name, take, failure } of consumers) {
  describe(`a batch of ${name}`, () => {
    it('is logged in one line, after one for each failure with its kind and nothing personal', async () => {
      const lines = await logged(async () => {
        expect(await take(['good', 'bad'])).toStrictEqual({ batchItemFailures: [{ itemIdentifier: 'bad' }] });
      });
      const told = lines.filter((line) => !('_aws' in line));
      expect(told).toMatchObject([
        { level: 'WARN', ...failure('bad'), reason: 'RangeError' },
        { level: 'INFO', message: 'Batch handled', records: 2, failures: 1 },
      ]);
      expect(told).toHaveLength(2);
      for (const line of told) expect(line.function_request_id).toBe(lambdaContext().awsRequestId);
      expect(JSON.stringify(lines)).not.toMatch(/private|ada@/);
    });

    it('has its metrics published and its keys forgotten', async () => {
      const lines = await logged(async () => {
        await take(['good', 'good2']);
        service.logger.info('Between batches');
      });
      const [metric] = lines.filter((line) => '_aws' in line);
      expect([metric?.Greeted, metric?.service]).toStrictEqual([[1, 1], 'greetings']);
      expect(lines.find(({ message }) => message === 'Between batches')?.key_of_batch).toBeUndefined();
    });

    it('is answered also when all of it fails', async () => {
      const ids = ['bad1', 'bad2'];
      await logged(async () => {
        const { batchItemFailures } = await take(ids);
        expect(batchItemFailures[0]?.itemIdentifier).toBe('bad1');
      });
    });
  });
}

it('a pipe tells how far behind the stream its batch is', async () => {
  jest.useFakeTimers({ now: 1_800_000_600_000 });
  const record = (eventID: string, ApproximateCreationDateTime: number): DynamoDBRecord => ({
    eventID,
    dynamodb: { ApproximateCreationDateTime },
  });
  const batch = [record('bad', 1_800_000_000), record('2', 1_800_000_590)];
  const lines = await logged(() => fromPipe(batch, lambdaContext({ remainingMs: 1234 })));
  jest.useRealTimers();
  expect(lines).toContainEqual(expect.objectContaining({ service: 'greetings', ChangeAge: 600_000 }));
});

describe('data that does not fit its schema', () => {
  const user = z.object({ name: z.string(), age: z.int() });
  const parse = () => {
    user.parse({ name: 7 });
    return Promise.resolve();
  };
  const consumer = sqsHandler(service, parse);
  it('is logged with what is wrong where', async () => {
    const lines = await logged(() => consumer(sqsEvent({ messageId: 'bad', body: 'private' }), lambdaContext()));
    expect(lines[0]).toMatchObject({
      message: 'Message failed',
      reason: 'InvalidData',
      problems: ['name must be a string', 'age is required'],
    });
  });
});

describe('an event of another kind', () => {
  const call = (consumer: object, event: unknown) =>
    Reflect.apply(Object(consumer), undefined, [event, lambdaContext()]);
  const messages = { Records: [{ messageId: '1', body: 'x', eventSource: 'aws:sqs' }] };
  const changed = { Records: [{ ...changes(['1'])[0], eventSource: 'aws:dynamodb' }] };

  it('fails with its name', async () => {
    for (const [consumer, expected, others] of [
      [fromQueue, 'a batch of SQS messages', [changed, []]],
      [fromStream, 'a batch of changes of a table', [messages, []]],
      [fromPipe, 'a list of changes of a table, as a pipe sends it', [messages, changed]],
    ] as const) {
      for (const event of [null, undefined, {}, 'text', { Records: 'x' }, { key: 'x' }, ...others]) {
        await expect(call(consumer, event)).rejects.toMatchObject({
          name: 'InvalidEvent',
          message: expect.stringMatching(new RegExp(`^The event must be ${expected}: it `)),
        });
      }
    }
    await expect(call(fromQueue, changed)).rejects.toThrow('it has records of aws:dynamodb.');
  });
});

it('a pipe tells how much time is left', () => {
  expect(new Set(remaining)).toStrictEqual(new Set([1234]));
});
