import { randomBytes } from 'node:crypto';
import * as z from 'zod/mini';
import { readEnv } from '../env.ts';

/** Lambda sets the header anew for each invocation of a traced function, and the address of its X-Ray daemon once. */
const traceEnv = z.object({
  _X_AMZN_TRACE_ID: z.optional(z.string()),
  AWS_XRAY_DAEMON_ADDRESS: z.optional(z.string()),
});
const address = /^([\d.]+):(\d{1,5})$/;
const sampled = /Root=(?<root>[^;]+);Parent=(?<parent>[^;]+);Sampled=1/;

/**
 * Shows `work` as a subsegment called `name` of the function's X-Ray trace: how long it took and whether it failed.
 *
 * This is the whole of our tracer. Lambda and API Gateway write their own segments, the AWS SDK hands the trace on to
 * what it calls, and a subsegment is one UDP datagram to the daemon; the X-Ray SDK would cost 20 ms of every cold start.
 * An invocation that is not sampled costs a look at the environment.
 *
 * @param fields further members of the subsegment document, such as `namespace` and `annotations`
 */
export async function traced<T>(name: string, work: () => Promise<T>, fields: object = {}): Promise<T> {
  const { _X_AMZN_TRACE_ID: header = '', AWS_XRAY_DAEMON_ADDRESS: daemon = '' } = readEnv(traceEnv);
  const { root, parent } = sampled.exec(header)?.groups ?? {};
  const [, host, port] = address.exec(daemon) ?? [];
  if (root === undefined || host === undefined) return work();

  const startedAt = Date.now();
  let fault = true;
  try {
    const result = await work();
    fault = false;
    return result;
  } finally {
    const subsegment = {
      type: 'subsegment',
      name,
      id: randomBytes(8).toString('hex'),
      trace_id: root,
      parent_id: parent,
      start_time: startedAt / 1000,
      end_time: Date.now() / 1000,
      ...fields,
      ...(fault && { fault }),
    };
    await send(host, Number(port), `{"format":"json","version":1}\n${JSON.stringify(subsegment)}`);
  }
}

/** The trace of the invocation, for messages that do not carry it in a header of their own; undefined where none is made. */
export function traceHeader(): string | undefined {
  return readEnv(traceEnv)._X_AMZN_TRACE_ID;
}

/** Best effort: a trace that is lost is no reason for a request to fail. */
async function send(host: string, port: number, datagram: string): Promise<void> {
  const { createSocket } = await import('node:dgram');
  const socket = createSocket('udp4').unref();
  await new Promise<void>((resolve) => {
    socket.once('error', () => resolve());
    socket.send(datagram, port, host, () => resolve());
  });
  socket.close();
}
