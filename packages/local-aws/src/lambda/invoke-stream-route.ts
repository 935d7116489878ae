import { PassThrough, Writable } from 'node:stream';
import type { InvokeResult, LambdaInvoker } from '../core/lambda-invoker.ts';
import type { RestRoute } from '../core/rest-protocol.ts';
import { encodeEvent } from './event-stream.ts';
import { forwardChunk } from './forward-chunk.ts';
import { constraintError } from './function-name.ts';
import { readInvocation, wantsLogTail } from './invoke-route.ts';

/** The API's InvokeWithResponseStream. */
export function invokeStreamRoute(invoker: LambdaInvoker, onError: (error: unknown) => void): RestRoute {
  return {
    method: 'POST',
    path: '/2021-11-15/functions/{name}/response-streaming-invocations',
    async handle(request, { name = '' }) {
      const invocation = readInvocation(request, name);
      if (invocation.type === 'Event') {
        throw constraintError('Event', 'invocationType', 'enum value set: [RequestResponse, DryRun]');
      }
      if (invocation.type === 'DryRun') return { status: (await invoker.invoke(invocation)).statusCode };
      const events = new PassThrough();
      const begun = Promise.withResolvers<void>();
      let isStreamed = false;
      const onStream = (): Writable => {
        isStreamed = true;
        begun.resolve();
        return new Writable({
          write: (chunk: Buffer, _encoding, done) => forwardChunk(payloadChunk(chunk), events, done),
        });
      };
      const finished = invoker.invoke({ ...invocation, onStream }).then((result) => {
        if (!isStreamed && result.functionError === undefined) events.write(payloadChunk(result.payload));
        events.end(invokeComplete(result, wantsLogTail(request)));
      });
      // An error before the response begins is that of the call; afterwards the connection ends.
      await Promise.race([begun.promise, finished]);
      finished.catch((error: unknown) => {
        events.destroy();
        onError(error);
      });
      return { headers: { 'content-type': 'application/vnd.amazon.eventstream' }, stream: events };
    },
  };
}

function payloadChunk(payload: Buffer): Buffer {
  return encodeEvent('PayloadChunk', 'application/octet-stream', payload);
}

function invokeComplete({ functionError, payload, logTail }: InvokeResult, withLog: boolean): Buffer {
  const members = {
    ...(functionError !== undefined && { ErrorCode: functionError, ErrorDetails: payload.toString() }),
    ...(withLog && { LogResult: Buffer.from(logTail).toString('base64') }),
  };
  return encodeEvent('InvokeComplete', 'application/json', Buffer.from(JSON.stringify(members)));
}
