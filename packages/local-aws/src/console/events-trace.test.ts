import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  arnOf,
  type Events,
  functionFor,
  queueFor,
  roleArn,
  roleFor,
  startEvents,
} from '../eventbridge/events.fixture.ts';
import { until } from '../testing/until.ts';
import type { Topology, Trace, TraceSummary } from './api-types.ts';
import { outline } from './pipeline.fixture.ts';

const service = 'events.amazonaws.com';
const bus = arnOf('events', 'event-bus/shop');

describe('buses, rules and schedules in the console', () => {
  let local: Events;
  before(async () => {
    local = await startEvents();
    await local.deploy('shop', {
      ...queueFor('orders', service, 'scheduler.amazonaws.com'),
      ...queueFor('dead', service),
      ...functionFor('worker'),
      ...roleFor('runner', 'scheduler.amazonaws.com', ['lambda:InvokeFunction']),
      Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'shop' } },
      Orders: {
        Type: 'AWS::Events::Rule',
        Properties: {
          Name: 'orders',
          EventBusName: { Ref: 'Bus' },
          EventPattern: { 'detail-type': ['order'] },
          Targets: [{ Id: 'q', Arn: arnOf('sqs', 'orders'), DeadLetterConfig: { Arn: arnOf('sqs', 'dead') } }],
        },
      },
      Returns: {
        Type: 'AWS::Events::Rule',
        Properties: {
          Name: 'returns',
          EventBusName: { Ref: 'Bus' },
          EventPattern: { 'detail-type': ['return'] },
          Targets: [{ Id: 'q', Arn: arnOf('sqs', 'orders') }],
        },
      },
      Nightly: {
        Type: 'AWS::Events::Rule',
        Properties: {
          Name: 'nightly',
          ScheduleExpression: 'rate(1 day)',
          Targets: [{ Id: 'q', Arn: arnOf('sqs', 'orders') }],
        },
      },
      Morning: {
        Type: 'AWS::Scheduler::Schedule',
        Properties: {
          Name: 'morning',
          ScheduleExpression: 'rate(30 days)',
          FlexibleTimeWindow: { Mode: 'OFF' },
          Target: { Arn: { 'Fn::GetAtt': ['worker', 'Arn'] }, RoleArn: roleArn('runner') },
        },
        DependsOn: 'runner',
      },
    });
    await local.put({ EventBusName: 'shop', Source: 'web', DetailType: 'order', Detail: '{"id":1}' });
    await local.clock.advance(86_400_000 + 1000);
  });
  after(() => local[Symbol.asyncDispose]());

  const get = async <T>(path: string): Promise<T> => {
    const response = await fetch(`${local.endpoint.url}/_local/api${path}`);
    // Tests compare what they read.
    return (await response.json()) as T;
  };

  /** The outline of the newest trace of an entry, once it has a line. */
  async function traceOf(entry: string, line: RegExp): Promise<string> {
    let text = '';
    await until(`${line} in the trace of ${entry}`, async () => {
      const { traces } = await get<{ traces: TraceSummary[] }>('/traces?limit=1000');
      const found = traces.find((trace) => trace.entry.includes(entry));
      if (found === undefined) return false;
      text = outline((await get<Trace>(`/traces/${found.traceId}`)).spans);
      return line.test(text);
    });
    return text;
  }

  it('show an event as one trace: the call, the rules that match and that do not, and what targets got', async () => {
    const text = await traceOf('PutEvents', /SendMessage/);
    assert.match(text, /^call events PutEvents shop ok$/m);
    assert.match(text, /^ {2}delivery events to orders orders ok$/m);
    assert.match(text, /^ {4}call sqs SendMessage orders ok$/m);
    assert.match(text, /^ {2}delivery events order returns filtered$/m);
  });

  it('show each run of a rule with a schedule as a trace of its own', async () => {
    const text = await traceOf('rate(1 day)', /SendMessage/);
    assert.match(text, /^delivery events rate\(1 day\) nightly ok$/m);
    assert.match(text, /^ {2}delivery events to orders nightly ok$/m);
  });

  it('show each run of a schedule as a trace with the function that it invokes', async () => {
    const text = await traceOf('rate(30 days)', /invocation lambda .*worker ok/);
    assert.match(text, /^delivery scheduler rate\(30 days\) morning ok$/m);
    assert.match(text, /^ {2}delivery scheduler to worker morning ok$/m);
  });

  it('are among the resources, with what leads from one to another', async () => {
    await traceOf('rate(30 days)', /invocation lambda .*worker ok/);
    const { nodes, edges } = await get<Topology>('/topology');
    const kinds = new Map(nodes.map(({ id, kind, name }) => [id, `${kind} ${name}`]));
    const [orders, nightly] = [arnOf('events', 'rule/shop/orders'), arnOf('events', 'rule/nightly')];
    const morning = arnOf('scheduler', 'schedule/default/morning');
    assert.deepEqual(
      [bus, orders, nightly, morning].map((id) => kinds.get(id)),
      ['bus shop', 'rule orders', 'schedule nightly', 'schedule morning'],
    );
    assert.equal(kinds.get(arnOf('sqs', 'dead')), 'dead-letter-queue dead');
    const used = new Map(edges.map(({ from, kind, to, isUsed }) => [`${from} ${kind} ${to}`, isUsed]));
    assert.equal(used.get(`${bus} subscribes ${orders}`), true);
    assert.equal(used.get(`${orders} sends ${arnOf('sqs', 'orders')}`), true);
    assert.equal(used.get(`${bus} subscribes ${arnOf('events', 'rule/shop/returns')}`), false);
    assert.equal(used.get(`${orders} dead-letters ${arnOf('sqs', 'dead')}`), false);
    assert.equal(used.get(`${nightly} sends ${arnOf('sqs', 'orders')}`), true);
    assert.equal(used.get(`${morning} invokes ${arnOf('lambda', 'function:worker')}`), true);
  });

  it('call the actions of both services', async () => {
    const call = async (action: string, input: object): Promise<unknown> => {
      const response = await fetch(`${local.endpoint.url}/_local/api/aws/${action}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(input),
      });
      return response.json();
    };
    const schedule = await call('scheduler/GetSchedule', { Name: 'morning', GroupName: 'default' });
    assert.ok(JSON.stringify(schedule).includes('rate(30 days)'));
    const rules = await call('events/ListRules', { EventBusName: 'shop' });
    assert.ok(JSON.stringify(rules).includes('returns'));
  });
});
