import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { after, afterEach, describe, it } from 'node:test';
import { traced } from './traced.ts';

const daemon = createSocket('udp4').bind(0, '127.0.0.1');
await once(daemon, 'listening');
process.env.AWS_XRAY_DAEMON_ADDRESS = `127.0.0.1:${daemon.address().port}`;
after(() => daemon.close());
afterEach(() => {
  process.env._X_AMZN_TRACE_ID = '';
});

const invoke = (isSampled: 0 | 1) => {
  process.env._X_AMZN_TRACE_ID = `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=${isSampled}`;
};
async function subsegmentOf(work: () => Promise<unknown>): Promise<Record<string, unknown>> {
  const received = once(daemon, 'message');
  await work();
  const [header, document] = String((await received)[0]).split('\n');
  assert.equal(header, '{"format":"json","version":1}');
  return JSON.parse(document ?? '');
}

describe('traced work', () => {
  it('is a subsegment of the function in its trace', async () => {
    invoke(1);
    const { id, start_time, end_time, ...rest } = await subsegmentOf(async () => {
      assert.equal(await traced('ListTasks', async () => 42), 42);
    });
    assert.match(String(id), /^[0-9a-f]{16}$/);
    assert.ok(Number(start_time) <= Number(end_time));
    assert.deepEqual(rest, {
      type: 'subsegment',
      name: 'ListTasks',
      trace_id: '1-5759e988-bd862e3fe1be46a994272793',
      parent_id: '53995c3f42cd8ad8',
    });
  });

  it('is marked when it fails, and fails all the same', async () => {
    invoke(1);
    const { fault } = await subsegmentOf(() =>
      assert.rejects(
        traced('x', () => Promise.reject(new Error('no'))),
        { message: 'no' },
      ),
    );
    assert.equal(fault, true);
  });

  it('is just done when the request is not sampled, not traced or the daemon is gone', async (t) => {
    t.after(() => {
      process.env.AWS_XRAY_DAEMON_ADDRESS = `127.0.0.1:${daemon.address().port}`;
    });
    const unwanted = t.mock.fn();
    daemon.on('message', unwanted);
    invoke(0);
    assert.equal(await traced('x', async () => 1), 1);
    process.env._X_AMZN_TRACE_ID = 'nonsense';
    assert.equal(await traced('x', async () => 2), 2);
    invoke(1);
    for (const address of ['127.0.0.1:1', 'nonsense', '127.0.0.1:']) {
      process.env.AWS_XRAY_DAEMON_ADDRESS = address;
      assert.equal(await traced('x', async () => 3), 3);
    }
    daemon.off('message', unwanted);
    assert.equal(unwanted.mock.callCount(), 0);
  });
});
