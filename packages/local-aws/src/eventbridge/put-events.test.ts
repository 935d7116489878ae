import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { arnOf, type Events, queueFor, startEvents } from './events.fixture.ts';

const entry = { Source: 'shop', DetailType: 'order', Detail: '{"id":1}' };

describe('PutEvents', () => {
  let local: Events;
  before(async () => {
    local = await startEvents();
    await local.deploy('queues', queueFor('orders', 'events.amazonaws.com'));
    await local.events.send(new PutRuleCommand({ Name: 'orders', EventPattern: '{"source":["shop"]}' }));
    const Targets = [{ Id: 'queue', Arn: arnOf('sqs', 'orders') }];
    await local.events.send(new PutTargetsCommand({ Rule: 'orders', Targets }));
  });
  after(() => local[Symbol.asyncDispose]());

  it('hands an event on in the envelope of AWS', async () => {
    const Time = new Date('2026-03-01T10:20:30.900Z');
    const { FailedEntryCount, Entries = [] } = await local.put({ ...entry, Time, Resources: ['arn:x'] });
    assert.equal(FailedEntryCount, 0);
    const [message] = await local.receive('orders');
    assert.equal(
      message?.Body,
      JSON.stringify({
        version: '0',
        id: Entries[0]?.EventId,
        'detail-type': 'order',
        source: 'shop',
        account: '000000000000',
        time: '2026-03-01T10:20:30Z',
        region: 'us-east-1',
        resources: ['arn:x'],
        detail: { id: 1 },
      }),
    );
  });

  it('takes the good entries of a batch, and reports what is wrong with each bad one', async () => {
    const { FailedEntryCount, Entries = [] } = await local.put(
      { ...entry, Source: undefined },
      { ...entry, DetailType: undefined },
      { ...entry, Detail: undefined },
      { ...entry, Detail: '[1]' },
      { ...entry, Detail: '{"a":' },
      { ...entry, Source: 'aws.s3' },
      entry,
    );
    assert.equal(FailedEntryCount, 6);
    assert.deepEqual(
      Entries.map(({ ErrorCode, ErrorMessage }) => [ErrorCode, ErrorMessage]),
      [
        ['InvalidArgument', 'Parameter Source is not valid. Reason: Source is a required argument.'],
        ['InvalidArgument', 'Parameter DetailType is not valid. Reason: DetailType is a required argument.'],
        ['InvalidArgument', 'Parameter Detail is not valid. Reason: Detail is a required argument.'],
        ['MalformedDetail', 'Detail is malformed.'],
        ['MalformedDetail', 'Detail is malformed.'],
        ['NotAuthorizedForSourceException', 'Not authorized for the source.'],
        [undefined, undefined],
      ],
    );
    const [message] = await local.receive('orders');
    assert.equal(JSON.parse(message?.Body ?? '').id, Entries[6]?.EventId);
  });

  it('refuses batches of more than ten entries', async () => {
    const Entries = Array.from({ length: 11 }, () => entry);
    await assert.rejects(local.events.send(new PutEventsCommand({ Entries })), { name: 'ValidationException' });
  });

  it('refuses a batch whose entries are more than 1 MB together', async () => {
    const half = { ...entry, Detail: JSON.stringify({ text: 'x'.repeat(524_288) }) };
    await assert.rejects(local.put(half, half), {
      name: 'ValidationException',
      message: 'Total size of the entries in the request is over the limit.',
    });
  });

  it('accepts an event for a bus that does not exist, and drops it', async () => {
    const { FailedEntryCount, Entries = [] } = await local.put({ ...entry, EventBusName: 'nowhere' });
    assert.equal(FailedEntryCount, 0);
    assert.match(Entries[0]?.EventId ?? '', /^[0-9a-f-]{36}$/);
  });
});
