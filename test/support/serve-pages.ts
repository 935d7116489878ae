import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** A web server of a test, on any port of 127.0.0.1. */
export type PageServer = AsyncDisposable & { readonly port: number };

/** Serves what `answer` writes; `await using` closes it. */
export async function servePages(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<PageServer> {
  const server = createServer(answer);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the page server is not listening');
  return {
    port: address.port,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
