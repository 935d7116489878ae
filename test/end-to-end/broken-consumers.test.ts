import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DeleteItemCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  EventBridgeClient,
  ListEventBusesCommand,
  ListRulesCommand,
  PutEventsCommand,
} from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient, paginateListEventSourceMappings } from '@aws-sdk/client-lambda';
import { DescribePipeCommand, PipesClient, paginateListPipes } from '@aws-sdk/client-pipes';
import {
  GetScheduleCommand,
  type GetScheduleCommandOutput,
  paginateListSchedules,
  SchedulerClient,
} from '@aws-sdk/client-scheduler';
import { SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, PurgeQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from '@jest/globals';
import { until, useEndpoint } from 'local-aws/testing';
import * as z from 'zod';
import { breakFunction } from '#test/support/break-function.ts';
import { breakRole, closeTopic } from '#test/support/break-permissions.ts';
import { runSchedule } from '#test/support/run-schedule.ts';
import { serviceClient } from '#test/support/service-client.ts';
import { outputNamed, stackOutputs } from '#test/support/stack-outputs.ts';

/**
 * A function that consumes a queue or a stream or that a schedule invokes, or a schedule or rule with a target, and how an
 * operator learns that it fails each time.
 */
type Consumer = {
  /** Makes it fail until the returned function is called. */
  readonly breakIt: (name: string) => Promise<() => Promise<void>>;
  /** The logical id of the alarm, in the stack of the service. */
  readonly alarm: string;
  /** Gives it something to consume. */
  readonly feed: () => Promise<unknown>;
  /** The outputs of its stack that name queues in which the test leaves messages. */
  readonly leftIn: readonly string[];
};

const aws = useEndpoint();
const countSchema = z.object({ rows: z.tuple([z.tuple([z.number()])]) });

describe('a consumer that always fails', () => {
  const sqs = () => aws.client(SQSClient);
  const dynamoDb = () => aws.client(DynamoDBClient);
  const lambda = () => aws.client(LambdaClient);
  const pipes = () => aws.client(PipesClient);
  const events = () => aws.client(EventBridgeClient);
  const scheduler = () => aws.client(SchedulerClient);
  const output = async (service: string, name: string) => outputNamed(await stackOutputs(`${service}-local`), name);

  async function send(service: string, queue: string, body: object): Promise<string | undefined> {
    const QueueUrl = await output(service, queue);
    const { MessageId } = await sqs().send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(body) }));
    return MessageId;
  }

  /** Takes a row of a new player through states; without any at the end the row is deleted. */
  async function change(...states: readonly (string | undefined)[]): Promise<void> {
    const TableName = await output('friends', 'FriendsTableName');
    const Key = { player_id: { S: randomUUID() }, friend_id: { S: randomUUID() } };
    for (const state of states) {
      if (state === undefined) {
        await dynamoDb().send(new DeleteItemCommand({ TableName, Key }));
        continue;
      }
      const Item = { ...Key, state: { S: state }, last_updated: { S: '2026-01-01T00:00:00.000Z' } };
      await dynamoDb().send(new PutItemCommand({ TableName, Item }));
    }
  }

  /** Takes from a function the value of a variable that it cannot work without. */
  const without =
    (variable: string): Consumer['breakIt'] =>
    (name) =>
      breakFunction(lambda(), name, variable);

  async function schedules(): Promise<readonly GetScheduleCommandOutput[]> {
    const found: GetScheduleCommandOutput[] = [];
    for await (const { Schedules = [] } of paginateListSchedules({ client: scheduler() }, {})) {
      for (const { Name } of Schedules) found.push(await scheduler().send(new GetScheduleCommand({ Name })));
    }
    return found;
  }

  async function rulesOfBuses(): Promise<readonly string[]> {
    const { EventBuses = [] } = await events().send(new ListEventBusesCommand({}));
    const lists = EventBuses.map(({ Name }) => events().send(new ListRulesCommand({ EventBusName: Name })));
    return (await Promise.all(lists)).flatMap(({ Rules = [] }) => Rules.flatMap(({ Name }) => Name ?? []));
  }

  /** Makes the plan of the day in a minute, for a user who has none yet. */
  async function runMorning(): Promise<void> {
    const [{ Name = '' } = {}] = await schedules();
    await runSchedule(scheduler(), Name, aws.clock.advance, { user: randomUUID() });
  }

  const follower = (...states: readonly (string | undefined)[]): Consumer => ({
    breakIt: without('FRIENDS_TABLE_NAME'),
    alarm: 'FailedChangesAlarm',
    feed: () => change(...states),
    leftIn: ['FailedChangesQueueUrl'],
  });
  const ada = { name: 'Ada Lovelace', email: 'ada@example.com' };

  const consumers: Readonly<Record<string, Consumer>> = {
    'friends-local-applyAction': {
      breakIt: without('FRIENDS_TABLE_NAME'),
      alarm: 'ActionDeadLetterAlarm',
      feed: () =>
        send('friends', 'ActionQueueUrl', {
          player_id: randomUUID(),
          friend_id: randomUUID(),
          friend_action: 'Request',
        }),
      leftIn: ['ActionDeadLetterQueueUrl'],
    },
    'friends-local-deliverRequest': follower('Requested'),
    'friends-local-befriendRequester': follower('Pending', 'Friends'),
    'friends-local-removeRejected': follower('Pending', undefined),
    'friends-local-removeUnfriended': follower('Friends', undefined),
    'users-async-local-createUser': {
      breakIt: without('USERS_TABLE_NAME'),
      alarm: 'UsersArchiveAlarm',
      feed: () => send('users-async', 'UsersQueueUrl', ada),
      leftIn: ['UsersRedriveFromQueueUrl'],
    },
    'users-async-local-recordFailure': {
      breakIt: without('USERS_TABLE_NAME'),
      alarm: 'UsersDeadLetterQueueStuckAlarm',
      feed: () => send('users-async', 'UsersDeadLetterQueueUrl', ada),
      leftIn: ['UsersDeadLetterQueueUrl'],
    },
    'notifications-local-announceOrder': {
      breakIt: without('ORDER_TOPIC_ARN'),
      alarm: 'OrderChangesPipeFailedAlarm',
      feed: async () => {
        const OrderId = randomUUID();
        const Item = {
          PK: { S: 'CUSTOMER#ada' },
          SK: { S: `#ORDER#${OrderId}` },
          OrderId: { S: OrderId },
          CreatedAt: { S: '2026-01-01T00:00:00.000Z' },
          Status: { S: 'PLACED' },
          Amount: { N: '1' },
          NumberItems: { N: '1' },
        };
        await dynamoDb().send(new PutItemCommand({ TableName: await output('users', 'CommerceTableName'), Item }));
      },
      leftIn: ['FailedChangesQueueUrl'],
    },
    'planner-local-publishPlan': {
      breakIt: without('PLAN_BUS_NAME'),
      alarm: 'MissedPlansQueueFilledAlarm',
      feed: runMorning,
      leftIn: ['MissedPlansQueueUrl'],
    },
    'planner-local-MorningSchedule': {
      breakIt: async () => {
        const [{ Target } = {}] = await schedules();
        const RoleName = Target?.RoleArn?.split('/').at(-1);
        return breakRole(aws.client(IAMClient), { RoleName, PolicyName: 'schedule' }, 'lambda:InvokeFunction');
      },
      alarm: 'MissedPlansQueueFilledAlarm',
      feed: runMorning,
      leftIn: ['MissedPlansQueueUrl'],
    },
    'planner-local-PlanToTopicRule': {
      breakIt: async () => closeTopic(aws.client(SNSClient), await output('planner', 'PlanTopicArn')),
      alarm: 'UndeliveredPlansQueueFilledAlarm',
      feed: async () => {
        const EventBusName = await output('planner', 'PlanBusName');
        const Detail = JSON.stringify({ version: 1, date: '2027-03-01', timezone: 'UTC', text: 'Due today: nothing.' });
        const Entries = [{ EventBusName, Source: 'planner', DetailType: 'MorningPlanMade', Detail }];
        expect(await events().send(new PutEventsCommand({ Entries }))).toMatchObject({
          FailedEntryCount: 0,
        });
      },
      leftIn: ['UndeliveredPlansQueueUrl'],
    },
  };
  const serviceOf = (name: string): string => name.replace(/-local-.*/, '');

  async function isRaised(name: string, alarm: string): Promise<boolean> {
    const AlarmNamePrefix = `${serviceOf(name)}-local-${alarm}-`;
    const { MetricAlarms = [] } = await aws
      .client(CloudWatchClient)
      .send(new DescribeAlarmsCommand({ AlarmNamePrefix }));
    expect(MetricAlarms).toHaveLength(1);
    return MetricAlarms[0]?.StateValue === 'ALARM';
  }

  /** Advances time by a minute, which is the period of the alarms, until `holds`. */
  function minutesUntil(name: string, holds: () => Promise<boolean>): Promise<unknown> {
    const isReached = async () => {
      if (await holds()) return true;
      await aws.clock.advance(60_000);
      return undefined;
    };
    return until(name, isReached, 240_000);
  }

  async function purge(service: string, queues: readonly string[]): Promise<void> {
    for (const queue of queues) await sqs().send(new PurgeQueueCommand({ QueueUrl: await output(service, queue) }));
  }

  /**
   * Breaks a function, feeds it and waits for its alarm. Its queues are emptied before, since other tests leave messages in
   * them, and afterwards, when it is restored.
   */
  async function breakUntilRaised(name: string): Promise<void> {
    const consumer = consumers[name];
    if (consumer === undefined) throw new Error(`${name} is not among the consumers.`);
    const { breakIt, alarm, feed, leftIn } = consumer;
    // A queue can be purged once in a minute.
    await aws.clock.advance(60_000);
    await purge(serviceOf(name), leftIn);
    await minutesUntil(`${alarm} to be over`, async () => !(await isRaised(name, alarm)));
    const restore = await breakIt(name);
    await using cleanup = new AsyncDisposableStack();
    cleanup.defer(async () => {
      await restore();
      await aws.clock.advance(60_000);
      await purge(serviceOf(name), leftIn);
    });
    await feed();
    await minutesUntil(alarm, () => isRaised(name, alarm));
  }

  it('is among those below, whatever consumes a queue or a stream, and all schedules and rules', async () => {
    const found: (string | undefined)[] = [];
    for await (const { EventSourceMappings = [] } of paginateListEventSourceMappings({ client: lambda() }, {})) {
      found.push(...EventSourceMappings.map(({ FunctionArn }) => FunctionArn?.split(':')[6]));
    }
    for await (const { Pipes = [] } of paginateListPipes({ client: pipes() }, {})) {
      for (const { Name } of Pipes) {
        const { Target } = await pipes().send(new DescribePipeCommand({ Name }));
        found.push(Target?.split(':')[6]);
      }
    }
    const names = [...(await rulesOfBuses())];
    for (const { Name = '', Target } of await schedules()) {
      names.push(Name);
      found.push(Target?.Arn?.split(':')[6]);
    }
    found.push(...names.map((name) => name.replace(/-[0-9A-Z]+$/, '')));
    expect(found.sort()).toStrictEqual(Object.keys(consumers).sort());
  });

  for (const [name, { alarm }] of Object.entries(consumers)) {
    it(`raises ${alarm} if it is ${name}`, () => breakUntilRaised(name));
  }

  it('is followed by plans of the morning as before: they reach their topic', async () => {
    const topic = (await output('planner', 'PlanTopicArn')).split(':').at(-1);
    const published = async (): Promise<number> => {
      const sql =
        "SELECT count(*) FROM spans WHERE service = 'sns' AND operation = 'Publish' AND resource = ? AND status = 'ok'";
      const body = JSON.stringify({ sql, parameters: [topic] });
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${aws.url}/_local/api/query`, { method: 'POST', headers, body });
      return countSchema.parse(await answer.json()).rows[0][0];
    };
    const before = await published();
    await runMorning();
    await until('the plan at its topic', async () => ((await published()) > before ? true : undefined));
  });

  it('loses no message if it is recordFailure: SQS moves it to the archive, from where it can be sent back', async () => {
    const QueueUrl = await output('users-async', 'UsersRedriveFromQueueUrl');
    const archived = async () => {
      const { Attributes } = await sqs().send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
      return Number(Attributes?.ApproximateNumberOfMessages);
    };
    await aws.clock.advance(60_000);
    await purge('users-async', ['UsersDeadLetterQueueUrl', 'UsersRedriveFromQueueUrl']);
    const restore = await breakFunction(lambda(), 'users-async-local-recordFailure', 'USERS_TABLE_NAME');
    await using cleanup = new AsyncDisposableStack();
    cleanup.defer(restore);
    const messageId = await send('users-async', 'UsersDeadLetterQueueUrl', ada);
    await minutesUntil('the message in the archive', async () => (await archived()) === 1);
    await promisify(execFile)(process.execPath, [
      ...['tools/redrive/run.ts', '--service', 'users-async', '--endpoint-url', aws.url],
    ]);
    const client = await serviceClient('users-async');
    const { body } = await until('a status', async () => {
      const answer = await client.send({ path: `/status/${messageId}` });
      return answer.statusCode === 200 ? answer : undefined;
    });
    expect(JSON.parse(body)).toMatchObject({ messageId, status: 'completed' });
  });
});
