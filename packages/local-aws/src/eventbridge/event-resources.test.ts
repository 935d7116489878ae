import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { DescribeEventBusCommand, DescribeRuleCommand, ListTargetsByRuleCommand } from '@aws-sdk/client-eventbridge';
import { GetScheduleCommand } from '@aws-sdk/client-scheduler';
import type { JsonObject } from '../core/json.ts';
import { arnOf, type Events, queueFor, roleArn, roleFor, startEvents } from './events.fixture.ts';

const service = 'events.amazonaws.com';
const minute = 60_000;

describe('buses, rules and schedules of a stack', () => {
  let local: Events;
  before(async () => {
    local = await startEvents();
  });
  after(() => local[Symbol.asyncDispose]());

  const bus: JsonObject = { Type: 'AWS::Events::EventBus', Properties: { Name: 'orders', Description: 'of orders' } };
  const rule = (properties: JsonObject): JsonObject => ({
    Type: 'AWS::Events::Rule',
    Properties: { EventPattern: { source: ['shop'] }, ...properties },
  });

  it('have the references and attributes of AWS', async () => {
    await local.deploy(
      'refs',
      {
        Bus: bus,
        OnBus: rule({ Name: 'named', EventBusName: { Ref: 'Bus' } }),
        OnDefault: rule({}),
        Group: { Type: 'AWS::Scheduler::ScheduleGroup', Properties: { Name: 'team' } },
        ...roleFor('refsRole', 'scheduler.amazonaws.com', 'sqs:SendMessage'),
        Schedule: {
          Type: 'AWS::Scheduler::Schedule',
          Properties: {
            GroupName: { Ref: 'Group' },
            ScheduleExpression: 'cron(0 8 ? * MON-FRI *)',
            ScheduleExpressionTimezone: 'Europe/Berlin',
            FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: '15' },
            StartDate: '2026-01-01T00:00:00Z',
            Target: { Arn: arnOf('sqs', 'q'), RoleArn: { 'Fn::GetAtt': ['refsRole', 'Arn'] } },
          },
        },
      },
      {
        Bus: { Value: { Ref: 'Bus' } },
        BusArn: { Value: { 'Fn::GetAtt': ['Bus', 'Arn'] } },
        BusName: { Value: { 'Fn::GetAtt': ['Bus', 'Name'] } },
        OnBus: { Value: { Ref: 'OnBus' } },
        OnBusArn: { Value: { 'Fn::GetAtt': ['OnBus', 'Arn'] } },
        OnDefault: { Value: { Ref: 'OnDefault' } },
        OnDefaultArn: { Value: { 'Fn::GetAtt': ['OnDefault', 'Arn'] } },
        Schedule: { Value: { Ref: 'Schedule' } },
        ScheduleArn: { Value: { 'Fn::GetAtt': ['Schedule', 'Arn'] } },
        GroupArn: { Value: { 'Fn::GetAtt': ['Group', 'Arn'] } },
      },
    );
    const { OnDefault = '', Schedule = '', ...outputs } = await local.outputs('refs');
    assert.match(OnDefault, /^refs-OnDefault-[0-9A-Z]{12}$/);
    assert.deepEqual(outputs, {
      Bus: 'orders',
      BusArn: arnOf('events', 'event-bus/orders'),
      BusName: 'orders',
      OnBus: 'orders|named',
      OnBusArn: arnOf('events', 'rule/orders/named'),
      OnDefaultArn: arnOf('events', `rule/${OnDefault}`),
      ScheduleArn: arnOf('scheduler', `schedule/team/${Schedule}`),
      GroupArn: arnOf('scheduler', 'schedule-group/team'),
    });
    const { StartDate, FlexibleTimeWindow } = await local.scheduler.send(
      new GetScheduleCommand({ Name: Schedule, GroupName: 'team' }),
    );
    assert.deepEqual(StartDate, new Date('2026-01-01T00:00:00Z'));
    assert.deepEqual(FlexibleTimeWindow, { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 });
  });

  it('replace the targets of a rule in an update, and go with the stack', async () => {
    const targets = (...ids: string[]) => ({
      Name: 'changing',
      Targets: ids.map((Id) => ({ Id, Arn: arnOf('sqs', Id) })),
    });
    await local.deploy('targets', { Rule: rule(targets('a', 'b')) });
    await local.update('targets', { Rule: rule(targets('b', 'c')) });
    const { Targets = [] } = await local.events.send(new ListTargetsByRuleCommand({ Rule: 'changing' }));
    assert.deepEqual(
      Targets.map(({ Id }) => Id),
      ['b', 'c'],
    );
    await local.remove('targets');
    await assert.rejects(local.events.send(new DescribeRuleCommand({ Name: 'changing' })), {
      name: 'ResourceNotFoundException',
    });
  });

  it('set the policy of a bus by statements', async () => {
    const Statement = {
      Effect: 'Allow',
      Principal: '*',
      Action: 'events:PutEvents',
      Resource: arnOf('events', 'event-bus/open'),
    };
    const open: JsonObject = { Type: 'AWS::Events::EventBus', Properties: { Name: 'open' } };
    const policy: JsonObject = {
      Type: 'AWS::Events::EventBusPolicy',
      Properties: { EventBusName: { Ref: 'Bus' }, StatementId: 'all', Statement },
    };
    await local.deploy('policy', { Bus: open, Policy: policy });
    const read = async () => (await local.events.send(new DescribeEventBusCommand({ Name: 'open' }))).Policy;
    assert.deepEqual(JSON.parse((await read()) ?? '').Statement, [{ ...Statement, Sid: 'all' }]);
    await local.update('policy', { Bus: open });
    assert.equal(await read(), undefined);
  });

  it('fail the deployment when a target, a parameter or a role is not supported, and name it', async () => {
    const Arn = arnOf('states', 'stateMachine:m');
    await assert.rejects(
      local.deploy('machine', { Rule: rule({ Targets: [{ Id: 'm', Arn }] }) }),
      /stateMachine:m is not supported/,
    );
    const EcsParameters = { TaskDefinitionArn: 'x' };
    await assert.rejects(
      local.deploy('ecs', { Rule: rule({ Targets: [{ Id: 'm', Arn: arnOf('sqs', 'q'), EcsParameters }] }) }),
      /EcsParameters/,
    );
    await assert.rejects(
      local.deploy('unassumed', {
        ...roleFor('wrong', 'lambda.amazonaws.com', '*'),
        Schedule: {
          Type: 'AWS::Scheduler::Schedule',
          Properties: {
            ScheduleExpression: 'rate(1 day)',
            FlexibleTimeWindow: { Mode: 'OFF' },
            Target: { Arn: arnOf('sqs', 'q'), RoleArn: { 'Fn::GetAtt': ['wrong', 'Arn'] } },
          },
        },
      }),
      /must allow AWS EventBridge Scheduler to assume the role/,
    );
  });
});

describe('a restart of the endpoint', () => {
  it('keeps buses, rules, schedules and deliveries that wait for their next attempt', async () => {
    const persist = mkdtempSync(join(tmpdir(), 'events-'));
    try {
      const Rule = { Name: 'ticks', ScheduleExpression: 'rate(5 minutes)' };
      const RetryPolicy = { MaximumRetryAttempts: 5 };
      const Targets = [{ Id: 't', Arn: arnOf('sqs', 'ticks'), Input: '"rule"', RetryPolicy }];
      {
        await using first = await startEvents({ persist });
        await first.deploy('kept', {
          ...queueFor('ticks', service),
          ...roleFor('ticker', 'scheduler.amazonaws.com', 'sqs:SendMessage'),
          Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'kept' } },
          Rule: { Type: 'AWS::Events::Rule', Properties: { ...Rule, Targets } },
          Schedule: {
            Type: 'AWS::Scheduler::Schedule',
            Properties: {
              ScheduleExpression: 'rate(5 minutes)',
              StartDate: new Date(first.clock.now() + 6 * minute).toISOString(),
              FlexibleTimeWindow: { Mode: 'OFF' },
              Target: { Arn: arnOf('sqs', 'ticks'), RoleArn: roleArn('ticker'), Input: 'schedule' },
            },
            DependsOn: 'ticker',
          },
        });
        await first.fault({ service: 'sqs', operation: 'SendMessage', fault: { kind: 'error', status: 503 } });
        await first.clock.advance(5 * minute);
        assert.deepEqual(await first.peek('ticks'), []);
      }
      await using second = await startEvents({ persist });
      assert.equal((await second.events.send(new DescribeEventBusCommand({ Name: 'kept' }))).Name, 'kept');
      await second.clock.advance(7 * minute);
      const bodies = (await second.receive('ticks', 3)).map(({ Body }) => Body);
      assert.deepEqual(bodies.sort(), ['"rule"', '"rule"', 'schedule']);
    } finally {
      rmSync(persist, { recursive: true });
    }
  });
});
