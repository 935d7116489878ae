import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  CreateScheduleGroupCommand,
  DeleteScheduleCommand,
  DeleteScheduleGroupCommand,
  GetScheduleCommand,
  GetScheduleGroupCommand,
  ListScheduleGroupsCommand,
  ListSchedulesCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import {
  arnOf,
  type Events,
  functionFor,
  queueFor,
  roleArn,
  roleFor,
  startEvents,
} from '../eventbridge/events.fixture.ts';

const service = 'scheduler.amazonaws.com';
const RoleArn = roleArn('scheduler');
const minute = 60_000;
/** `2026-01-01T00:00:00`, as in one-time schedules. */
const atTime = (time: number): string => new Date(time).toISOString().slice(0, 19);

describe('EventBridge Scheduler', () => {
  let local: Events;
  before(async () => {
    local = await startEvents();
    const actions = ['sqs:SendMessage', 'lambda:InvokeFunction', 'events:PutEvents'];
    await local.deploy('role', {
      ...roleFor('scheduler', service, actions),
      ...roleFor('powerless', service, 's3:GetObject'),
      ...roleFor('oflambda', 'lambda.amazonaws.com', '*'),
    });
  });
  after(() => local[Symbol.asyncDispose]());

  /** A schedule that sends to a queue of its name. */
  const create = async (Name: string, more: Partial<CreateScheduleCommandInput> = {}) => {
    const Target = { Arn: arnOf('sqs', Name), RoleArn, ...more.Target };
    const FlexibleTimeWindow = { Mode: 'OFF' as const };
    const input = { Name, ScheduleExpression: 'rate(5 minutes)', FlexibleTimeWindow, ...more, Target };
    return local.scheduler.send(new CreateScheduleCommand(input));
  };
  const queue = (name: string) => local.deploy(name, queueFor(name));

  describe('its API', () => {
    it('makes a schedule, and shows the defaults of what was left out', async () => {
      const { ScheduleArn } = await create('api', { ScheduleExpression: 'cron(0 8 * * ? *)' });
      assert.equal(ScheduleArn, arnOf('scheduler', 'schedule/default/api'));
      const {
        $metadata: _,
        CreationDate,
        LastModificationDate,
        ...schedule
      } = await local.scheduler.send(new GetScheduleCommand({ Name: 'api' }));
      assert.ok(CreationDate instanceof Date && LastModificationDate instanceof Date);
      assert.deepEqual(schedule, {
        ActionAfterCompletion: 'NONE',
        Arn: ScheduleArn,
        FlexibleTimeWindow: { Mode: 'OFF' },
        GroupName: 'default',
        Name: 'api',
        ScheduleExpression: 'cron(0 8 * * ? *)',
        ScheduleExpressionTimezone: 'UTC',
        State: 'ENABLED',
        Target: {
          Arn: arnOf('sqs', 'api'),
          RoleArn,
          RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
        },
      });
      await assert.rejects(create('api'), { name: 'ConflictException' });
    });

    it('updates a schedule, lists and deletes it', async () => {
      await create('changing', { Description: 'first' });
      const Target = { Arn: arnOf('sqs', 'changing'), RoleArn };
      await local.scheduler.send(
        new UpdateScheduleCommand({
          Name: 'changing',
          ScheduleExpression: 'rate(1 day)',
          FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 10 },
          State: 'DISABLED',
          Target,
        }),
      );
      const { Description, ScheduleExpression } = await local.scheduler.send(
        new GetScheduleCommand({ Name: 'changing' }),
      );
      assert.deepEqual([Description, ScheduleExpression], [undefined, 'rate(1 day)']);
      const { Schedules = [] } = await local.scheduler.send(new ListSchedulesCommand({ State: 'DISABLED' }));
      assert.deepEqual(
        Schedules.map(({ Name }) => Name),
        ['changing'],
      );
      await local.scheduler.send(new DeleteScheduleCommand({ Name: 'changing' }));
      await assert.rejects(local.scheduler.send(new GetScheduleCommand({ Name: 'changing' })), {
        name: 'ResourceNotFoundException',
        message: 'Schedule changing does not exist.',
      });
    });

    it('makes groups with tags, whose schedules go with them', async () => {
      const { ScheduleGroupArn: ResourceArn } = await local.scheduler.send(
        new CreateScheduleGroupCommand({ Name: 'team', Tags: [{ Key: 'a', Value: '1' }] }),
      );
      await local.scheduler.send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: 'b', Value: '2' }] }));
      await local.scheduler.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['a'] }));
      const { Tags } = await local.scheduler.send(new ListTagsForResourceCommand({ ResourceArn }));
      assert.deepEqual(Tags, [{ Key: 'b', Value: '2' }]);
      await create('in-team', { GroupName: 'team' });
      const { ScheduleGroups = [] } = await local.scheduler.send(new ListScheduleGroupsCommand({}));
      assert.deepEqual(
        ScheduleGroups.map(({ Name, State }) => [Name, State]),
        [
          ['default', 'ACTIVE'],
          ['team', 'ACTIVE'],
        ],
      );
      await local.scheduler.send(new DeleteScheduleGroupCommand({ Name: 'team' }));
      await assert.rejects(local.scheduler.send(new GetScheduleGroupCommand({ Name: 'team' })), {
        message: 'Schedule group team does not exist.',
      });
      const { Schedules = [] } = await local.scheduler.send(new ListSchedulesCommand({ NamePrefix: 'in-team' }));
      assert.deepEqual(Schedules, []);
    });

    it('refuses what is not valid or not supported, by name', async () => {
      const refused: [Partial<CreateScheduleCommandInput>, string | RegExp][] = [
        [{ ScheduleExpression: 'cron(0 1 * * * *)' }, 'Invalid Schedule Expression cron(0 1 * * * *).'],
        [{ ScheduleExpressionTimezone: 'Mars/Base' }, /Mars\/Base is not valid/],
        [{ GroupName: 'none' }, 'Schedule group none does not exist.'],
        [{ FlexibleTimeWindow: { Mode: 'FLEXIBLE' } }, /MaximumWindowInMinutes/],
        [
          { Target: { Arn: 'arn:aws:scheduler:::aws-sdk:sqs:sendMessage', RoleArn } },
          /aws-sdk:sqs:sendMessage is not supported/,
        ],
        [
          { Target: { Arn: arnOf('sqs', 'q'), RoleArn, KinesisParameters: { PartitionKey: 'k' } } },
          /KinesisParameters is not supported/,
        ],
        [
          { Target: { Arn: arnOf('sqs', 'q'), RoleArn: roleArn('oflambda') } },
          'The execution role you provide must allow AWS EventBridge Scheduler to assume the role.',
        ],
      ];
      for (const [input, message] of refused) await assert.rejects(create('refused', input), { message });
    });
  });

  describe('invokes its target', () => {
    it('at a rate, beginning at once', async () => {
      await queue('rate');
      await create('rate', { Target: { Arn: arnOf('sqs', 'rate'), RoleArn, Input: 'tick' } });
      await local.receive('rate');
      await local.clock.advance(15 * minute);
      const messages = await local.receive('rate', 3);
      assert.deepEqual(
        messages.map(({ Body }) => Body),
        ['tick', 'tick', 'tick'],
      );
      await local.scheduler.send(new DeleteScheduleCommand({ Name: 'rate' }));
    });

    it('once at a time on the clocks of a time zone, and is deleted then if it is to be', async () => {
      await queue('once');
      // Clocks of Tokyo are nine hours ahead of UTC all the year.
      const time = Math.ceil(local.clock.now() / 1000) * 1000 + 90 * minute;
      await create('once', {
        ScheduleExpression: `at(${atTime(time + 9 * 60 * minute)})`,
        ScheduleExpressionTimezone: 'Asia/Tokyo',
        ActionAfterCompletion: 'DELETE',
        Target: { Arn: arnOf('sqs', 'once'), RoleArn, Input: '<aws.scheduler.scheduled-time>' },
      });
      await local.clock.advance(89 * minute);
      assert.deepEqual(await local.peek('once'), []);
      await local.clock.advance(2 * minute);
      const [message] = await local.receive('once');
      assert.equal(message?.Body, `${atTime(time)}Z`);
      await assert.rejects(local.scheduler.send(new GetScheduleCommand({ Name: 'once' })), /does not exist/);
    });

    it('not before its start and not after its end', async () => {
      await queue('bounded');
      const now = local.clock.now();
      await create('bounded', {
        ScheduleExpression: 'rate(1 hour)',
        StartDate: new Date(now + 30 * minute),
        EndDate: new Date(now + 100 * minute),
        Target: { Arn: arnOf('sqs', 'bounded'), RoleArn, Input: '<aws.scheduler.scheduled-time>' },
      });
      await local.clock.advance(300 * minute);
      const messages = await local.receive('bounded', 2);
      assert.deepEqual(await local.peek('bounded'), []);
      const times = messages.map(({ Body = '' }) => Date.parse(Body) - now);
      assert.ok(times.every((time, index) => Math.abs(time - (30 + 60 * index) * minute) < 1000));
    });

    it('within its flexible time window', async () => {
      await queue('flexible');
      const time = Math.ceil(local.clock.now() / 1000) * 1000 + 10 * minute;
      await create('flexible', {
        ScheduleExpression: `at(${atTime(time)})`,
        FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 },
      });
      await local.clock.advance(26 * minute);
      const [message] = await local.receive('flexible');
      const sent = Number(message?.Attributes?.SentTimestamp);
      assert.ok(sent >= time && sent < time + 16 * minute, `${(sent - time) / minute} minutes`);
    });

    it('with an event of its own without Input, whose detail is text', async () => {
      await queue('default');
      const { ScheduleArn } = await create('default', { ScheduleExpression: 'rate(30 days)' });
      const { id, time, ...event } = JSON.parse((await local.receive('default'))[0]?.Body ?? '');
      assert.match(time, /^\d{4}-.*:\d{2}Z$/);
      assert.match(id, /^[0-9a-f-]{36}$/);
      assert.deepEqual(event, {
        version: '0',
        'detail-type': 'Scheduled Event',
        source: 'aws.scheduler',
        account: '000000000000',
        region: 'us-east-1',
        resources: [ScheduleArn],
        detail: '{}',
      });
    });

    it('a function, with the rights of the role', async () => {
      await local.deploy('function', functionFor('worker'));
      const Arn = arnOf('lambda', 'function:worker');
      await create('worker', { ScheduleExpression: 'rate(30 days)', Target: { Arn, RoleArn, Input: '{"job":1}' } });
      assert.match((await local.logged('/aws/lambda/worker', 3)).join('\n'), /event {"job":1}/);
    });

    it('an event bus, with the Input as the detail', async () => {
      const Targets = [{ Id: 'q', Arn: arnOf('sqs', 'planned') }];
      const Properties = { EventPattern: { source: ['planner'] }, Targets };
      await local.deploy('bus', {
        ...queueFor('planned', 'events.amazonaws.com'),
        Rule: { Type: 'AWS::Events::Rule', Properties },
      });
      await create('bus', {
        ScheduleExpression: 'rate(30 days)',
        Target: {
          Arn: arnOf('events', 'event-bus/default'),
          RoleArn,
          Input: '{"day":1}',
          EventBridgeParameters: { Source: 'planner', DetailType: 'plan' },
        },
      });
      const event = JSON.parse((await local.receive('planned'))[0]?.Body ?? '');
      assert.deepEqual([event['detail-type'], event.detail], ['plan', { day: 1 }]);
    });

    it('not while it is disabled', async () => {
      await queue('disabled');
      await create('disabled', { State: 'DISABLED' });
      await local.clock.advance(60 * minute);
      assert.deepEqual(await local.peek('disabled'), []);
    });
  });

  it('leaves an invocation that fails to the dead-letter queue, with the rights of the role', async () => {
    await queue('failures');
    const { ScheduleArn } = await create('failing', {
      ScheduleExpression: 'rate(30 days)',
      Target: {
        Arn: arnOf('lambda', 'function:none'),
        RoleArn,
        Input: '{"attempt":"<aws.scheduler.attempt-number>"}',
        DeadLetterConfig: { Arn: arnOf('sqs', 'failures') },
      },
    });
    const [message] = await local.receive('failures');
    const { SCHEDULE_ARN, TARGET_ARN, ERROR_CODE, RETRY_ATTEMPTS } = message?.MessageAttributes ?? {};
    assert.deepEqual(
      [SCHEDULE_ARN, TARGET_ARN, ERROR_CODE, RETRY_ATTEMPTS].map((attribute) => attribute?.StringValue),
      [ScheduleArn, arnOf('lambda', 'function:none'), 'ResourceNotFoundException', '0'],
    );
  });

  it('loses the schedules that no template made in a reset of the endpoint, and keeps the others', async () => {
    const Target = { Arn: arnOf('sqs', 'q'), RoleArn };
    const Properties = {
      Name: 'of-stack',
      ScheduleExpression: 'rate(30 days)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target,
    };
    await local.deploy('of-stack', { Schedule: { Type: 'AWS::Scheduler::Schedule', Properties } });
    await create('reminder', { ScheduleExpression: 'at(2999-01-01T00:00:00)' });
    const response = await fetch(`${local.endpoint.url}/_local/api/reset`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    assert.equal(response.status, 204);
    const { Schedules = [] } = await local.scheduler.send(new ListSchedulesCommand({}));
    assert.deepEqual(
      Schedules.map(({ Name }) => Name),
      ['of-stack'],
    );
  });

  it('may do no more than its role', async () => {
    await queue('forbidden');
    await create('forbidden', { Target: { Arn: arnOf('sqs', 'forbidden'), RoleArn: roleArn('powerless') } });
    await local.untilIdle(() => local.clock.advance(10));
    assert.deepEqual(await local.peek('forbidden'), []);
    assert.ok(local.notes.some((note) => /schedule\/default\/forbidden could not invoke .*not authorized/.test(note)));
  });
});
