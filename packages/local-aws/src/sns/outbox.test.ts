import assert from 'node:assert/strict';
import { it } from 'node:test';
import { noStateStore } from '../core/state-store.ts';
import { Outbox } from './outbox.ts';

const email = (subject: string, body = 'x') => ({ to: 'a@example.com', subject, body, sentAt: '', topicArn: '' });

it('keeps the last 500 emails, newest first', () => {
  const outbox = new Outbox(noStateStore);
  for (let index = 0; index < 510; index += 1) outbox.add(email(String(index)));
  const subjects = outbox.list().map(({ subject }) => subject);
  assert.deepEqual([subjects.length, subjects[0], subjects.at(-1)], [500, '509', '10']);
});

it('keeps 4 MB of emails, and the last one whatever its size', () => {
  const outbox = new Outbox(noStateStore);
  const megabyte = 'x'.repeat(1024 * 1024);
  for (let index = 0; index < 10; index += 1) outbox.add(email(String(index), megabyte));
  assert.equal(outbox.list().length, 4);
  outbox.add(email('large', megabyte.repeat(5)));
  assert.deepEqual(
    outbox.list().map(({ subject }) => subject),
    ['large'],
  );
});
