import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import type { JsonObject } from '../core/json.ts';
import {
  arnOf,
  type Events,
  queueFor,
  queueUrl,
  roleArn,
  roleFor,
  startEvents,
} from '../eventbridge/events.fixture.ts';

describe('a pipe to an event bus', () => {
  let local: Events;
  before(async () => {
    local = await startEvents();
    const actions = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'events:PutEvents'];
    const Targets = [{ Id: 'q', Arn: arnOf('sqs', 'target') }];
    const Properties = { EventPattern: { account: ['000000000000'] }, EventBusName: { Ref: 'Bus' }, Targets };
    await local.deploy('bus', {
      ...queueFor('target', 'events.amazonaws.com'),
      ...roleFor('pipe', 'pipes.amazonaws.com', actions),
      Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'own' } },
      Rule: { Type: 'AWS::Events::Rule', Properties },
    });
  });
  after(() => local[Symbol.asyncDispose]());

  /** A pipe from a queue of its name. */
  const deploy = (Name: string, TargetParameters: JsonObject) =>
    local.deploy(Name, {
      ...queueFor(Name),
      Pipe: {
        Type: 'AWS::Pipes::Pipe',
        Properties: {
          ...{ Name, RoleArn: roleArn('pipe'), Source: arnOf('sqs', Name), TargetParameters },
          Target: arnOf('events', 'event-bus/own'),
        },
        DependsOn: `${Name}Queue`,
      },
    });
  const send = (name: string, ...bodies: object[]) =>
    local.sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: queueUrl(name),
        Entries: bodies.map((body, index) => ({ Id: `${index}`, MessageBody: JSON.stringify(body) })),
      }),
    );

  it('puts each record on it, with names of its own', async () => {
    await deploy('plain', {});
    await send('plain', { id: 1 });
    const event = JSON.parse((await local.receive('target'))[0]?.Body ?? '');
    assert.deepEqual([event.source, event['detail-type']], ['Pipe plain', 'Event from aws:sqs']);
    assert.equal(event.detail.body, '{"id":1}');
  });

  it('takes source, detail type, resources and time from the record', async () => {
    await deploy('mapped', {
      InputTemplate: '{"id": <$.body.id>}',
      EventBridgeEventBusParameters: {
        ...{ Source: 'shop', DetailType: '$.body.type', Resources: ['$.eventSourceARN'], Time: '$.body.at' },
      },
    });
    await send('mapped', { id: 1, type: 'order', at: '2026-01-02T03:04:05Z' });
    const { id: _, ...event } = JSON.parse((await local.receive('target'))[0]?.Body ?? '');
    assert.deepEqual(event, {
      version: '0',
      'detail-type': 'order',
      source: 'shop',
      account: '000000000000',
      time: '2026-01-02T03:04:05Z',
      region: 'us-east-1',
      resources: [arnOf('sqs', 'mapped')],
      detail: { id: 1 },
    });
  });

  it('leaves only the records in the queue that the bus refuses', async () => {
    await deploy('partly', { InputTemplate: '<$.body>', EventBridgeEventBusParameters: { Source: 'shop' } });
    await send('partly', { id: 'good' }, ['no object']);
    const event = JSON.parse((await local.receive('target'))[0]?.Body ?? '');
    assert.deepEqual(event.detail, { id: 'good' });
    await local.clock.advance(31_000);
    assert.deepEqual(await local.peek('target'), []);
  });

  it('is refused the parameters of other targets, and a global endpoint', async () => {
    await assert.rejects(deploy('wrong', { SqsQueueParameters: {} }), /do not fit the target/);
    const EventBridgeEventBusParameters = { EndpointId: 'abc.def' };
    await assert.rejects(deploy('endpoint', { EventBridgeEventBusParameters }), /EndpointId/);
  });
});
