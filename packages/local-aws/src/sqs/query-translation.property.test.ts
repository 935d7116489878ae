import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '../core/clock.ts';
import { noStateStore } from '../core/state-store.ts';
import { createSqs } from './sqs.ts';

const actions = ['CreateQueue', 'GetQueueAttributes', 'ReceiveMessage', 'SendMessage', 'SendMessageBatch', 'TagQueue'];
const word = fc.constantFrom(
  ...['Attribute', 'AttributeName', 'MessageAttribute', 'QueueName', 'QueueUrl', 'MessageBody', 'Tag', 'Name', 'Value'],
  ...['SendMessageBatchRequestEntry', 'Id', 'Key', 'member', 'entry', '1', '2', '', '__proto__', 'constructor'],
);
const name = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join('.'));
const value = fc.oneof(fc.string(), fc.constantFrom('q', '1', 'All', '{}', 'String'));

describe('forms of the Query protocol', () => {
  it('get an answer in XML that is no failure of ours, whatever they hold', async () => {
    const { api } = createSqs({ clock: new ManualClock(), state: noStateStore, endpointUrl: () => '' });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...actions), fc.array(fc.tuple(name, value)), async (action, fields) => {
        const { status, body } = await api({
          requestId: '1',
          service: 'sqs',
          region: 'us-east-1',
          principal: { kind: 'account', arn: 'arn:aws:iam::000000000000:root' },
          method: 'POST',
          path: '/000000000000/q',
          query: new URLSearchParams(),
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: Buffer.from(new URLSearchParams([['Action', action], ...fields]).toString()),
        });
        assert.ok(status === 200 || status === 400, `${status} ${body}`);
        assert.match(String(body), /^<\?xml version="1.0"\?>\n<\w+Response /);
      }),
      { numRuns: 300 },
    );
  });
});
