import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  CreateEventBusCommand,
  DeleteEventBusCommand,
  DeleteRuleCommand,
  DescribeEventBusCommand,
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  ListEventBusesCommand,
  ListRuleNamesByTargetCommand,
  ListRulesCommand,
  ListTagsForResourceCommand,
  ListTargetsByRuleCommand,
  PutPermissionCommand,
  PutRuleCommand,
  type PutRuleCommandInput,
  PutTargetsCommand,
  RemovePermissionCommand,
  RemoveTargetsCommand,
  TagResourceCommand,
  type Target,
  TestEventPatternCommand,
  UntagResourceCommand,
  UpdateEventBusCommand,
} from '@aws-sdk/client-eventbridge';
import { arnOf, type Events, startEvents } from './events.fixture.ts';

const EventPattern = '{"source":["shop"]}';
const queue = arnOf('sqs', 'orders');

describe('the EventBridge API', () => {
  let local: Events;
  before(async () => {
    local = await startEvents();
  });
  after(() => local[Symbol.asyncDispose]());

  const putRule = (Name: string, more: Partial<PutRuleCommandInput> = {}) =>
    local.events.send(new PutRuleCommand({ Name, EventPattern, ...more }));
  const putTargets = (Rule: string, ...Targets: Target[]) =>
    local.events.send(new PutTargetsCommand({ Rule, Targets }));
  const createBus = (Name: string) => local.events.send(new CreateEventBusCommand({ Name }));

  describe('event buses', () => {
    it('are made, described, changed, listed and deleted', async () => {
      const created = await createBus('own');
      assert.equal(created.EventBusArn, arnOf('events', 'event-bus/own'));
      await local.events.send(new UpdateEventBusCommand({ Name: 'own', Description: 'of orders' }));
      const described = await local.events.send(new DescribeEventBusCommand({ Name: 'own' }));
      assert.equal(described.Description, 'of orders');
      assert.ok(described.CreationTime instanceof Date);
      const { EventBuses = [] } = await local.events.send(new ListEventBusesCommand({}));
      assert.deepEqual(
        EventBuses.map(({ Name }) => Name),
        ['default', 'own'],
      );
      // The second deletion: test_describe_delete_not_existing_event_bus of LocalStack's test_events.snapshot.json.
      await local.events.send(new DeleteEventBusCommand({ Name: 'own' }));
      await local.events.send(new DeleteEventBusCommand({ Name: 'own' }));
      await assert.rejects(local.events.send(new DescribeEventBusCommand({ Name: 'own' })), {
        name: 'ResourceNotFoundException',
        message: 'Event bus own does not exist.',
      });
    });

    it('have names of their own', async () => {
      await createBus('twice');
      await assert.rejects(createBus('twice'), {
        name: 'ResourceAlreadyExistsException',
        message: 'Event bus twice already exists.',
      });
      await assert.rejects(createBus('default'), { name: 'ResourceAlreadyExistsException' });
      await assert.rejects(createBus('a/b'), { name: 'ValidationException' });
    });

    it('do not go with the default bus, or while they have rules', async () => {
      await assert.rejects(local.events.send(new DeleteEventBusCommand({ Name: 'default' })), {
        message: 'Cannot delete event bus default.',
      });
      await createBus('busy');
      await putRule('rule', { EventBusName: 'busy' });
      await assert.rejects(local.events.send(new DeleteEventBusCommand({ Name: 'busy' })), /since it has rules/);
    });

    it('get and lose statements of their policy', async () => {
      await createBus('open');
      const EventBusName = 'open';
      const permit = { EventBusName, Action: 'events:PutEvents', Principal: '000000000000', StatementId: 'one' };
      await local.events.send(new PutPermissionCommand(permit));
      const { Policy } = await local.events.send(new DescribeEventBusCommand({ Name: EventBusName }));
      assert.deepEqual(JSON.parse(Policy ?? ''), {
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'one',
            Effect: 'Allow',
            Principal: { AWS: 'arn:aws:iam::000000000000:root' },
            Action: 'events:PutEvents',
            Resource: arnOf('events', 'event-bus/open'),
          },
        ],
      });
      const remove = new RemovePermissionCommand({ EventBusName, StatementId: 'one' });
      await local.events.send(remove);
      assert.equal((await local.events.send(new DescribeEventBusCommand({ Name: EventBusName }))).Policy, undefined);
      await assert.rejects(local.events.send(remove), { message: 'Statement with the provided id does not exist.' });
    });
  });

  describe('rules', () => {
    it('are made on a bus, described, listed by prefix and in pages, and deleted', async () => {
      await createBus('shop');
      const EventBusName = 'shop';
      const { RuleArn } = await putRule('orders-1', { EventBusName, Description: 'd' });
      assert.equal(RuleArn, arnOf('events', 'rule/shop/orders-1'));
      await putRule('orders-2', { EventBusName });
      await putRule('users', { EventBusName: arnOf('events', 'event-bus/shop') });
      const { $metadata: _, ...described } = await local.events.send(
        new DescribeRuleCommand({ Name: 'orders-1', EventBusName }),
      );
      assert.deepEqual(described, {
        Name: 'orders-1',
        Arn: RuleArn,
        EventBusName,
        State: 'ENABLED',
        EventPattern,
        Description: 'd',
        CreatedBy: '000000000000',
      });
      const list = { EventBusName, NamePrefix: 'orders', Limit: 1 };
      const first = await local.events.send(new ListRulesCommand(list));
      const second = await local.events.send(new ListRulesCommand({ ...list, NextToken: first.NextToken }));
      const names = [first, second].flatMap(({ Rules = [] }) => Rules.map(({ Name }) => Name));
      assert.deepEqual(names, ['orders-1', 'orders-2']);
      assert.equal(second.NextToken, undefined);
      await local.events.send(new DeleteRuleCommand({ Name: 'users', EventBusName }));
      await assert.rejects(local.events.send(new DescribeRuleCommand({ Name: 'users', EventBusName })), {
        message: 'Rule users does not exist on EventBus shop.',
      });
    });

    it('are disabled and enabled', async () => {
      await putRule('switch');
      const state = async () => (await local.events.send(new DescribeRuleCommand({ Name: 'switch' }))).State;
      await local.events.send(new DisableRuleCommand({ Name: 'switch' }));
      assert.equal(await state(), 'DISABLED');
      await local.events.send(new EnableRuleCommand({ Name: 'switch' }));
      assert.equal(await state(), 'ENABLED');
    });

    it('need a pattern or a schedule, and schedules the default bus', async () => {
      await assert.rejects(putRule('none', { EventPattern: undefined }), { name: 'ValidationException' });
      await createBus('unscheduled');
      const scheduled = { EventBusName: 'unscheduled', ScheduleExpression: 'rate(1 minute)', EventPattern: undefined };
      await assert.rejects(putRule('scheduled', scheduled), {
        message: 'ScheduleExpression is supported only on the default event bus.',
      });
      await assert.rejects(putRule('wrong', { ScheduleExpression: 'cron(0 1 * * * *)' }), {
        name: 'ValidationException',
        message: 'Parameter ScheduleExpression is not valid.',
      });
    });

    it('refuse patterns that are not valid', async () => {
      for (const pattern of ['{', '{}', '{"source":"shop"}', '{"source":[]}', '{"source":[{"like":"x"}]}']) {
        await assert.rejects(putRule('wrong', { EventPattern: pattern }), { name: 'InvalidEventPatternException' });
      }
    });

    it('are tagged', async () => {
      const { RuleArn: ResourceARN } = await putRule('tagged', { Tags: [{ Key: 'a', Value: '1' }] });
      await local.events.send(new TagResourceCommand({ ResourceARN, Tags: [{ Key: 'b', Value: '2' }] }));
      await local.events.send(new UntagResourceCommand({ ResourceARN, TagKeys: ['a'] }));
      const { Tags } = await local.events.send(new ListTagsForResourceCommand({ ResourceARN }));
      assert.deepEqual(Tags, [{ Key: 'b', Value: '2' }]);
    });
  });

  describe('targets', () => {
    it('are put, replaced by their id, listed and removed', async () => {
      await putRule('with-targets');
      await putTargets('with-targets', { Id: 'one', Arn: queue });
      await putTargets('with-targets', { Id: 'one', Arn: queue, InputPath: '$.detail' }, { Id: 'two', Arn: queue });
      const { Targets } = await local.events.send(new ListTargetsByRuleCommand({ Rule: 'with-targets' }));
      assert.deepEqual(Targets, [
        { Id: 'one', Arn: queue, InputPath: '$.detail' },
        { Id: 'two', Arn: queue },
      ]);
      const { RuleNames } = await local.events.send(new ListRuleNamesByTargetCommand({ TargetArn: queue }));
      assert.deepEqual(RuleNames, ['with-targets']);
      await assert.rejects(local.events.send(new DeleteRuleCommand({ Name: 'with-targets' })), {
        message: "Rule can't be deleted since it has targets.",
      });
      const removed = await local.events.send(
        new RemoveTargetsCommand({ Rule: 'with-targets', Ids: ['two', 'three'] }),
      );
      assert.deepEqual(
        removed.FailedEntries?.map(({ TargetId }) => TargetId),
        ['three'],
      );
    });

    it('are at most five of a rule', async () => {
      await putRule('many');
      const targets = Array.from({ length: 6 }, (_, index) => ({ Id: `${index}`, Arn: queue }));
      await assert.rejects(putTargets('many', ...targets), {
        name: 'LimitExceededException',
        message: 'The requested resource exceeds the maximum number allowed.',
      });
    });

    it('are refused by name when they are not supported', async () => {
      await putRule('strange');
      const machine = arnOf('states', 'stateMachine:m');
      await assert.rejects(putTargets('strange', { Id: 'm', Arn: machine }), /stateMachine:m is not supported/);
      const HttpParameters = { HeaderParameters: { a: 'b' } };
      await assert.rejects(putTargets('strange', { Id: 'q', Arn: queue, HttpParameters }), {
        message: /Targets\.0\.HttpParameters is not supported by the local endpoint/,
      });
    });

    it('take one kind of input only', async () => {
      await putRule('inputs');
      await assert.rejects(putTargets('inputs', { Id: 'q', Arn: queue, Input: '1', InputPath: '$.detail' }), {
        message: 'Only one of Input, InputPath, or InputTransformer must be provided for target q.',
      });
    });
  });

  describe('TestEventPattern', () => {
    const Event = JSON.stringify({
      ...{ id: '1', account: '0', source: 'shop', time: '2026-01-01T00:00:00Z', region: 'r' },
      'detail-type': 'order',
      detail: { total: 7, path: 'a/b' },
    });
    const test = async (pattern: object, event = Event) =>
      (await local.events.send(new TestEventPatternCommand({ EventPattern: JSON.stringify(pattern), Event: event })))
        .Result;

    it('says whether an event matches', async () => {
      assert.equal(await test({ detail: { total: [{ numeric: ['>', 5] }] } }), true);
      assert.equal(await test({ detail: { total: [{ numeric: ['>', 7] }] } }), false);
      assert.equal(await test({ $or: [{ source: [{ prefix: 'sh' }] }, { source: ['x'] }] }), true);
      // content_anything_wildcard_empty and its siblings in test_events_patterns.snapshot.json of LocalStack
      assert.equal(await test({ detail: { path: [{ 'anything-but': { wildcard: '' } }] } }), true);
      await assert.rejects(test({ detail: { path: [{ 'anything-but': { prefix: '' } }] } }), {
        name: 'InvalidEventPatternException',
      });
    });

    it('refuses an event that lacks members', async () => {
      await assert.rejects(test({ source: ['shop'] }, '{"source":"shop"}'), { name: 'ValidationException' });
    });
  });
});
