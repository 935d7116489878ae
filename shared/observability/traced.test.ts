import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, afterEach, describe, expect, it, jest } from '@jest/globals';
import { traced } from './traced.ts';

const daemon = createSocket('udp4').bind(0, '127.0.0.1');
await once(daemon, 'listening');
process.env.AWS_XRAY_DAEMON_ADDRESS = `127.0.0.1:${daemon.address().port}`;
afterAll(() => {
  daemon.close();
});
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
  expect(header).toBe('{"format":"json","version":1}');
  return JSON.parse(document ?? '');
}

describe('traced work', () => {
  it('is a subsegment of the function in its trace', async () => {
    invoke(1);
    const { id, start_time, end_time, ...rest } = await subsegmentOf(async () => {
      expect(await traced('ListTasks', async () => 42)).toBe(42);
    });
    expect(String(id)).toMatch(/^[0-9a-f]{16}$/);
    expect(Number(start_time)).toBeLessThanOrEqual(Number(end_time));
    expect(rest).toStrictEqual({
      type: 'subsegment',
      name: 'ListTasks',
      trace_id: '1-5759e988-bd862e3fe1be46a994272793',
      parent_id: '53995c3f42cd8ad8',
    });
  });

  it('is marked when it fails, and fails all the same', async () => {
    invoke(1);
    const { fault } = await subsegmentOf(() =>
      expect(traced('x', () => Promise.reject(new Error('no')))).rejects.toMatchObject({ message: 'no' }),
    );
    expect(fault).toBe(true);
  });

  it('is just done when the request is not sampled, not traced or the daemon is gone', async () => {
    const unwanted = jest.fn();
    daemon.on('message', unwanted);
    invoke(0);
    expect(await traced('x', async () => 1)).toBe(1);
    process.env._X_AMZN_TRACE_ID = 'nonsense';
    expect(await traced('x', async () => 2)).toBe(2);
    invoke(1);
    for (const address of ['127.0.0.1:1', 'nonsense', '127.0.0.1:']) {
      process.env.AWS_XRAY_DAEMON_ADDRESS = address;
      expect(await traced('x', async () => 3)).toBe(3);
    }
    daemon.off('message', unwanted);
    expect(unwanted).not.toHaveBeenCalled();
  });
});
