import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { forwardRequest } from './forward-request.ts';

type RecordedCall = {
  /** The name of the action, such as `GetItem`. */
  readonly action: string;
  readonly isRefused: boolean;
};

/** An endpoint in front of an AWS endpoint that hands all on and keeps a list of the calls. */
export type CallRecorder = AsyncDisposable & {
  readonly endpoint: string;
  /** The calls since the last time they were taken. */
  take(): readonly RecordedCall[];
};

export async function recordCalls(target: string): Promise<CallRecorder> {
  let calls: RecordedCall[] = [];
  const server = createServer(async (request, response) => {
    const { status, contentType, body } = await forwardRequest(target, request, await buffer(request));
    const action = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
    calls.push({ action, isRefused: status >= 400 });
    response.writeHead(status, { 'content-type': contentType }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    take() {
      const taken = calls;
      calls = [];
      return taken;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
