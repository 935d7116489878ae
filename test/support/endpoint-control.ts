import { createServer, type Server } from 'node:http';
import type { ShiftableClock } from 'local-aws/testing';
import * as z from 'zod';

/** What tests, each file a process of its own, may do to the endpoint besides using it. */
export type EndpointControl = { readonly url: string; close(): Promise<void> };

/** Serves `POST /advance?milliseconds=` and `GET /errors`. */
export async function serveControl(clock: ShiftableClock, errors: readonly string[]): Promise<EndpointControl> {
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://control');
    if (pathname === '/advance') await clock.advance(Number(searchParams.get('milliseconds')));
    response.end(JSON.stringify(errors));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Lets time pass at the endpoint: queues, pollers, retries and alarms are that much later, without a wait. */
export async function advanceTime(milliseconds: number): Promise<void> {
  await ask(`/advance?milliseconds=${milliseconds}`, 'POST');
}

/** What the endpoint reported as its own failures since it started. */
export async function endpointErrors(): Promise<readonly string[]> {
  return z.array(z.string()).parse(await ask('/errors', 'GET'));
}

async function ask(path: string, method: string): Promise<unknown> {
  const answer = await fetch(`${process.env.TEST_CONTROL_URL}${path}`, { method });
  return answer.json();
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the control server is not listening');
  return address.port;
}
