import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { isLoopbackName, parseAuthority } from '../edge/host-names.ts';

/** The process of an execution environment that can be debugged. */
export type DebugTarget = { readonly functionName: string; readonly pid: number; readonly url: string };

type Listed = DebugTarget & { readonly id: string; debuggers: number };

export type DebugServer = {
  readonly port: number;
  /** Lists a process until `remove` is called. */
  add(target: DebugTarget): { readonly hasDebugger: () => boolean; remove(): void };
  close(): Promise<void>;
};

/**
 * Serves the inspectors of all functions on one port, as Chrome serves those of its tabs: Chrome and other clients of the
 * inspector protocol find them in `/json/list`. Functions come and go with their processes; this port stays, and the path
 * `/<function>` leads to the process of a function that started last.
 */
export async function startDebugServer(port: number): Promise<DebugServer> {
  const targets = new Map<string, Listed>();
  const server = createServer((request, response) => answer(request, response, [...targets.values()]));
  const sockets = new Set<Duplex>();
  server.on('upgrade', (request, socket, head) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname.slice(1);
    const target = targets.get(path) ?? [...targets.values()].findLast(({ functionName }) => functionName === path);
    const status = refusalOf(request) ?? (target === undefined ? '404 Not Found' : undefined);
    if (status !== undefined || target === undefined) {
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    sockets.add(socket);
    target.debuggers += 1;
    socket.once('close', () => {
      sockets.delete(socket);
      target.debuggers -= 1;
    });
    join(request, socket, head, target);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', () => resolve());
  });
  server.unref();
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    add(target) {
      const id = randomUUID();
      const listed = { ...target, id, debuggers: 0 };
      targets.set(id, listed);
      return { hasDebugger: () => listed.debuggers > 0, remove: () => void targets.delete(id) };
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * Who reaches an inspector runs code, and this port has no secret. A page always has an `Origin` in the request for a
 * WebSocket, which only the developer tools of a browser may have; another name than loopback would be DNS rebinding.
 */
function refusalOf({ headers: { host = '', origin } }: IncomingMessage): string | undefined {
  const authority = parseAuthority(host);
  if (authority === undefined || !isLoopbackName(authority.name)) return '421 Misdirected Request';
  return origin === undefined || origin.startsWith('devtools://') ? undefined : '403 Forbidden';
}

function answer(request: IncomingMessage, response: ServerResponse, targets: readonly Listed[]): void {
  const { host = '' } = request.headers;
  const status = refusalOf(request);
  if (status !== undefined) {
    response.writeHead(Number(status.slice(0, 3))).end();
    return;
  }
  const content = {
    '/json': targets.map((target) => describe(target, host)),
    '/json/list': targets.map((target) => describe(target, host)),
    '/json/version': { Browser: 'local-aws', 'Protocol-Version': '1.3' },
  }[request.url ?? ''];
  response.writeHead(content === undefined ? 404 : 200, { 'content-type': 'application/json; charset=UTF-8' });
  response.end(content === undefined ? '' : JSON.stringify(content));
}

function describe({ id, functionName, pid }: Listed, host: string): object {
  return {
    id,
    type: 'node',
    title: `${functionName} (process ${pid})`,
    description: 'an execution environment',
    url: `file:///${functionName}`,
    devtoolsFrontendUrl: `devtools://devtools/bundled/js_app.html?experiments=true&v8only=true&ws=${host}/${id}`,
    webSocketDebuggerUrl: `ws://${host}/${id}`,
  };
}

/** Passes the request for a WebSocket on to the inspector of the process, and then everything both ways. */
function join(request: IncomingMessage, socket: Duplex, head: Buffer, { url }: DebugTarget): void {
  const { hostname, port, host, pathname } = new URL(url);
  const inspector = connect(Number(port), hostname);
  const headers = request.rawHeaders.flatMap((name, index, all) =>
    index % 2 === 1 || /^(?:host|origin)$/i.test(name) ? [] : [`${name}: ${all[index + 1]}`],
  );
  inspector.write(`GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\n${headers.join('\r\n')}\r\n\r\n`);
  inspector.write(head);
  inspector.pipe(socket).pipe(inspector);
  for (const [one, other] of [
    [inspector, socket],
    [socket, inspector],
  ] as const) {
    one.on('error', () => other.destroy()).on('close', () => other.destroy());
  }
}
