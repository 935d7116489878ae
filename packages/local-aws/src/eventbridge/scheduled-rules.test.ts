import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DisableRuleCommand, EnableRuleCommand } from '@aws-sdk/client-eventbridge';
import type { JsonObject } from '../core/json.ts';
import { arnOf, type Events, queueFor, startEvents } from './events.fixture.ts';

const service = 'events.amazonaws.com';
const minute = 60_000;

describe('a rule with a schedule', () => {
  let local: Events;
  before(async () => {
    local = await startEvents();
  });
  after(() => local[Symbol.asyncDispose]());

  const scheduled = (name: string, ScheduleExpression: string, target: JsonObject = {}): JsonObject => ({
    ...queueFor(name, service),
    Rule: {
      Type: 'AWS::Events::Rule',
      Properties: { Name: name, ScheduleExpression, Targets: [{ Id: 't', Arn: arnOf('sqs', name), ...target }] },
    },
  });

  it('fires at its rate, from when it was made, with an event that names it', async () => {
    await local.deploy('rate', scheduled('rate', 'rate(5 minutes)'));
    await local.clock.advance(4 * minute);
    assert.deepEqual(await local.peek('rate'), []);
    await local.clock.advance(7 * minute);
    const messages = await local.receive('rate', 2);
    const [first, second] = messages.map(({ Body = '' }) => JSON.parse(Body));
    assert.equal(Date.parse(second.time) - Date.parse(first.time), 5 * minute);
    const { id: _, time: __, ...event } = first;
    assert.deepEqual(event, {
      version: '0',
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: '000000000000',
      region: 'us-east-1',
      resources: [arnOf('events', 'rule/rate')],
      detail: {},
    });
    await local.remove('rate');
    await local.clock.advance(10 * minute);
  });

  it('fires at the times of a cron expression in UTC', async () => {
    await local.deploy('cron', scheduled('cron', 'cron(30 6 * * ? *)', { InputPath: '$.time' }));
    await local.clock.advance(48 * 60 * minute);
    const times = (await local.receive('cron', 2)).map(({ Body = '' }) => JSON.parse(Body).slice(10));
    assert.deepEqual(times, ['T06:30:00Z', 'T06:30:00Z']);
  });

  it('does not fire while it is disabled, and counts anew when it is enabled', async () => {
    await local.deploy('switch', scheduled('switch', 'rate(10 minutes)', { Input: '"tick"' }));
    await local.events.send(new DisableRuleCommand({ Name: 'switch' }));
    await local.clock.advance(60 * minute);
    await local.events.send(new EnableRuleCommand({ Name: 'switch' }));
    await local.clock.advance(9 * minute);
    assert.deepEqual(await local.peek('switch'), []);
    await local.clock.advance(2 * minute);
    assert.deepEqual(await local.peek('switch'), ['"tick"']);
  });

  it('fires at its new times after an update', async () => {
    await local.deploy('changing', scheduled('changing', 'rate(1 day)', { Input: '"tick"' }));
    await local.update('changing', scheduled('changing', 'rate(1 minute)', { Input: '"tock"' }));
    await local.clock.advance(minute + 1000);
    assert.deepEqual(await local.peek('changing'), ['"tock"']);
  });

  it('is not called for by other rules, and does not call for them', async () => {
    const Targets = [{ Id: 't', Arn: arnOf('sqs', 'own') }];
    await local.deploy('own', {
      ...scheduled('own', 'rate(1 minute)', { Input: '"own"' }),
      All: {
        Type: 'AWS::Events::Rule',
        Properties: { EventPattern: { account: ['000000000000'] }, Targets: [{ ...Targets[0], Input: '"all"' }] },
      },
    });
    await local.clock.advance(minute + 1000);
    assert.deepEqual(await local.peek('own'), ['"own"']);
  });
});
