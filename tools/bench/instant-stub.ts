import { once } from 'node:events';
import { createServer } from 'node:http';

/** An AWS endpoint that answers every call at once with the same JSON, so that what is measured is the caller. */
export type InstantStub = AsyncDisposable & { readonly url: string };

export async function startInstantStub(answer: object): Promise<InstantStub> {
  const body = JSON.stringify(answer);
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.setHeader('content-type', 'application/x-amz-json-1.0').end(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
