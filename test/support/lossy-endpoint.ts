import { createServer, type Server } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { forwardRequest } from './forward-request.ts';

/** Which half of a call is lost. A lost request is not carried out; a lost answer leaves the client without the outcome. */
type Loss = 'request' | 'answer';

/** A proxy in front of an AWS endpoint, which drops the requests or answers that a test names. */
type LossyEndpoint = AsyncDisposable & {
  readonly endpoint: string;
  /** Runs `work` while every call of `action` is cut off. */
  losing<T>(loss: Loss, action: string, work: () => Promise<T>): Promise<T>;
};

export async function lossyEndpoint(target: string): Promise<LossyEndpoint> {
  const losses = new Map<string, Loss>();
  const server = createServer(async (request, response) => {
    const loss = losses.get(String(request.headers['x-amz-target']).split('.').at(-1) ?? '');
    const body = await buffer(request);
    if (loss === 'request') return void request.socket.destroy();
    const { status, contentType, body: answered } = await forwardRequest(target, request, body);
    if (loss === 'answer') return void request.socket.destroy();
    response.writeHead(status, { 'content-type': contentType }).end(answered);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${portOf(server)}`,
    async losing(loss, action, work) {
      losses.set(action, loss);
      try {
        return await work();
      } finally {
        losses.delete(action);
      }
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function portOf(server: Server): number | undefined {
  const address = server.address();
  return typeof address === 'object' ? address?.port : undefined;
}
