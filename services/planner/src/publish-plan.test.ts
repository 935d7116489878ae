import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { until, useEndpoint } from 'local-aws/testing';
import * as z from 'zod';
import { createDynamoDbClient } from '#shared/dynamodb/document-client.ts';
import { createBusClient } from '#shared/events/bus-client.ts';
import { EventRefused } from '#shared/events/put-event.ts';
import { runOnce } from '#shared/idempotency/run-once.ts';
import { awsConfig } from '#test/support/aws-config.ts';
import { lambdaContext } from '#test/support/lambda-context.ts';
import { createTemplateTable } from '#test/support/template-table.ts';
import type { OpenTasksReader } from './data/open-tasks.ts';
import { planBus } from './data/plan-bus.ts';
import { morningPlan } from './domain/morning-plan.ts';
import { makePlan } from './domain/plan.ts';
import { handler } from './handlers/publish-plan.ts';
import { morningService } from './service.ts';

const ajv = new Ajv2020({ allErrors: true });
addFormats.default(ajv);
const isVersion1 = ajv.compile(JSON.parse(readFileSync('services/planner/morning-plan.v1.json', 'utf8')));

const event = z.looseObject({ source: z.string(), 'detail-type': z.string(), time: z.string(), detail: z.unknown() });
const task = (title: string, dueAt?: string) => ({ id: title, title, isComplete: false, ...(dueAt && { dueAt }) });
/** The input of the morning on which summer time begins in Berlin. */
const morning = {
  scheduledTime: '2027-03-28T05:00:00Z',
  executionId: 'run-1',
  timezone: 'Europe/Berlin',
  user: 'alice',
};

const aws = useEndpoint({ url: false });

describe('publishing the plan of the morning', () => {
  let QueueUrl: string | undefined;
  let publishPlan: ReturnType<typeof handler.with>;
  let asked: Parameters<OpenTasksReader>[0][] = [];
  let readTasks: OpenTasksReader;

  beforeAll(async () => {
    const events = aws.client(EventBridgeClient);
    const sqs = aws.client(SQSClient);
    const Statement = [
      { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: '*' },
    ];
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
    ({ QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'subscriber', Attributes: { Policy } })));
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
    await events.send(new CreateEventBusCommand({ Name: 'plans' }));
    const EventPattern = JSON.stringify({ source: ['planner'] });
    await events.send(new PutRuleCommand({ Name: 'all', EventBusName: 'plans', EventPattern }));
    const Targets = [{ Id: 'queue', Arn: Attributes?.QueueArn }];
    await events.send(new PutTargetsCommand({ Rule: 'all', EventBusName: 'plans', Targets }));
    const table = await createTemplateTable(aws.url, 'shared/serverless/idempotency-table.yml', 'IdempotencyTable');
    publishPlan = handler.with({
      readOpenTasks: (context) => {
        asked.push(context);
        return readTasks(context);
      },
      bus: planBus(createBusClient(aws.clientConfig), 'plans'),
      runOnce: runOnce(createDynamoDbClient(aws.clientConfig), table, 'publishPlan'),
    });
  });
  beforeEach(async () => {
    asked = [];
    readTasks = async () => ({ tasks: [], isTruncated: false });
    await aws.reset();
  });

  async function published(): Promise<z.infer<typeof event>[]> {
    await aws.untilIdle();
    const found: z.infer<typeof event>[] = [];
    const sqs = aws.client(SQSClient);
    await until('an empty queue', async () => {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      found.push(...Messages.map(({ Body = '' }) => event.parse(JSON.parse(Body))));
      return Messages.length === 0;
    });
    return found;
  }

  it('puts one event of version 1 on the bus, with the day in the time zone', async () => {
    readTasks = async () => ({
      tasks: [
        task('Pack', '2027-03-28T21:59:59Z'),
        task('Pay the rent', '2027-03-27T22:59:59Z'),
        task('Fly', '2027-03-28T22:00:00Z'),
        task('Sort "old" photos'),
      ],
      isTruncated: false,
    });
    expect(await publishPlan(morning, lambdaContext())).toStrictEqual({ date: '2027-03-28' });
    const [made, ...more] = await published();
    expect(more).toStrictEqual([]);
    expect(made).toMatchObject({ source: 'planner', 'detail-type': 'MorningPlanMade', time: '2027-03-28T05:00:00Z' });
    expect(made?.detail).toStrictEqual({
      version: 1,
      correlationId: 'run-1',
      date: '2027-03-28',
      timezone: 'Europe/Berlin',
      summary: { overdue: 1, dueToday: 1, upcoming: 1, unscheduled: 1 },
      overdue: [{ id: 'Pay the rent', title: 'Pay the rent', dueAt: '2027-03-27T22:59:59Z' }],
      dueToday: [{ id: 'Pack', title: 'Pack', dueAt: '2027-03-28T21:59:59Z' }],
      isTruncated: false,
      text: 'Due today: Pack. Overdue: Pay the rent. Later: 1. Without a date: 1.',
    });
    expect(isVersion1(made?.detail)).toBe(true);
  });

  it('publishes a day once, however often the schedule fires', async () => {
    const added = jest.spyOn(morningService.metrics, 'addMetric');
    for (const executionId of ['run-1', 'run-1', 'run-2']) {
      expect(await publishPlan({ ...morning, executionId }, lambdaContext())).toStrictEqual({ date: '2027-03-28' });
    }
    // The next day, and the same day of another user.
    await publishPlan({ ...morning, scheduledTime: '2027-03-29T05:00:00Z' }, lambdaContext());
    await publishPlan({ ...morning, user: 'bob' }, lambdaContext());
    expect(await published()).toHaveLength(3);
    expect(added.mock.calls.map(([name]) => name)).toStrictEqual(Array(3).fill('MorningPlansPublished'));
  });

  it('publishes nothing if the tasks cannot be read, and all of it at the next attempt', async () => {
    readTasks = () => Promise.reject(new Error('no tasks'));
    await expect(publishPlan(morning, lambdaContext())).rejects.toThrow('no tasks');
    expect(await published()).toStrictEqual([]);
    readTasks = async () => ({ tasks: [], isTruncated: false });
    await publishPlan(morning, lambdaContext());
    expect(await published()).toHaveLength(1);
  });

  it('asks for the tasks without a user where the API has none, and joins the logs by the run of the schedule', async () => {
    await publishPlan(morning, lambdaContext());
    expect(asked).toMatchObject([{ caller: undefined, correlationId: 'run-1' }]);
  });

  it('refuses an input that does not say when, or in which time zone', async () => {
    const { scheduledTime: _, ...timeless } = morning;
    await expect(publishPlan(timeless, lambdaContext())).rejects.toThrow(/must be the input of a schedule/);
    await expect(publishPlan({ ...morning, timezone: 'Mars/Olympus' }, lambdaContext())).rejects.toThrow();
    expect(asked).toStrictEqual([]);
  });
});

it('an entry that EventBridge refuses fails the run, though the answer of PutEvents is 200', async () => {
  let traceHeader: unknown;
  await using server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body: unknown = JSON.parse(Buffer.concat(parts).toString());
      const { Entries } = z.object({ Entries: z.array(z.looseObject({ TraceHeader: z.unknown() })) }).parse(body);
      traceHeader = Entries[0]?.TraceHeader;
      const refused = { ErrorCode: 'ThrottlingException', ErrorMessage: 'Rate exceeded' };
      response.setHeader('content-type', 'application/x-amz-json-1.1');
      response.end(JSON.stringify({ FailedEntryCount: 1, Entries: [refused] }));
    });
  }).listen(0, '127.0.0.1');
  await until('the server', async () => server.listening);
  const { port } = z.object({ port: z.number() }).parse(server.address());
  const client = createBusClient(awsConfig(`http://127.0.0.1:${port}`));
  const plan = makePlan([], '2027-03-28', 'UTC');
  const detail = morningPlan(plan, { user: undefined, correlationId: 'run-1', isTruncated: false });
  process.env._X_AMZN_TRACE_ID = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
  try {
    await expect(planBus(client, 'plans').publish(detail, new Date())).rejects.toThrow(
      new EventRefused('ThrottlingException'),
    );
    expect(traceHeader).toBe(process.env._X_AMZN_TRACE_ID);
  } finally {
    delete process.env._X_AMZN_TRACE_ID;
    client.destroy();
  }
});

it('an event has the form of version 1 and fits into a bus, whatever the tasks are', () => {
  const title = fc.string({ minLength: 1, maxLength: 100, unit: 'binary' });
  const dueAt = fc
    .date({ min: new Date('2027-03-20'), max: new Date('2027-04-05'), noInvalidDate: true })
    .map((date) => date.toISOString());
  const tasks = fc.array(
    fc.record(
      { id: fc.uuid(), title, isComplete: fc.constant(false), dueAt },
      { requiredKeys: ['id', 'title', 'isComplete'] },
    ),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(tasks, fc.option(fc.string({ minLength: 1 }), { nil: undefined }), fc.boolean(), (open, user, cut) => {
      const plan = makePlan(open, '2027-03-28', 'Europe/Berlin');
      const detail = morningPlan(plan, { user, correlationId: 'run-1', isTruncated: cut });
      const written = JSON.stringify(detail);
      expect(isVersion1(JSON.parse(written))).toBe(true);
      expect(Buffer.byteLength(written)).toBeLessThan(256 * 1024);
      const isShort = detail.overdue.length < plan.overdue.length || detail.dueToday.length < plan.dueToday.length;
      expect(detail.isTruncated).toBe(cut || isShort);
    }),
  );
});
