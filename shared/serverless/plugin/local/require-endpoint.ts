import { connect } from 'node:net';

/** These commands make files or text of the service, and ask the endpoint only if a variable does. */
const offline = new Set(['package', 'print', 'print-additions']);

/** Whether a command of the Serverless CLI needs no endpoint by itself. */
export function worksOffline(command: string): boolean {
  return offline.has(command);
}

/**
 * Checks that something listens on `port` of this machine. It connects and asks nothing, since a busy endpoint accepts
 * connections long before it answers.
 * @throws Error that says how to start the endpoint
 */
export async function requireEndpoint(port: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ host: 'localhost', port, timeout: 1000 })
    .once('connect', () => resolve(true))
    .once('error', () => resolve(false))
    .once('timeout', () => resolve(false));
  const isListening = await promise;
  socket.destroy();
  if (!isListening) throw new Error(noEndpoint(`http://localhost:${port}`));
}

/** The message about an endpoint that does not answer at `url`. */
export function noEndpoint(url: string): string {
  const port = URL.canParse(url) ? new URL(url).port : '';
  const start = port === '' || port === '4566' ? 'npm start' : `npm start -- --port ${port}`;
  return `No endpoint answers at ${url}. Start it first: ${start}`;
}
