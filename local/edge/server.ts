import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defaultRegion } from '../core/arn.ts';
import type { AwsApi, AwsRequest } from '../core/aws-api.ts';
import { AwsError, unsupportedOperation } from '../core/aws-error.ts';
import type { CredentialStore } from '../core/credentials.ts';
import { jsonErrorResponse } from '../core/json-protocol.ts';
import { queryErrorResponse } from '../core/query-protocol.ts';
import type { ApiFrontend } from '../core/web.ts';
import { foreignPage } from './foreign-page.ts';
import { route, type Target } from './route.ts';

export type PageRequest = { readonly method: string; readonly query: URLSearchParams; readonly body: Buffer };

/** A page of the endpoint itself, such as `/_localstack/health`. An AwsError is answered with its status. */
export type Page = (request: PageRequest) => object | Promise<object>;

/** Custom domain names, which lead to APIs by base path. */
export type CustomDomains = {
  has(host: string): boolean;
  resolveDomain(
    host: string,
    path: string,
  ):
    | { readonly apiId: string; readonly stage: string | undefined; readonly path: string; readonly basePath: string }
    | undefined;
};

export type EdgeOptions = {
  readonly port: number;
  /** By SigV4 service name. */
  readonly apis: Readonly<Record<string, AwsApi>>;
  readonly frontends: readonly ApiFrontend[];
  readonly domains?: CustomDomains;
  readonly pages: Readonly<Record<string, Page>>;
  /** Pages that come and go, for paths that are none of `pages`. */
  readonly findPage?: (path: string) => Page | undefined;
  readonly credentials: CredentialStore;
  /** Told of every error that is the endpoint's own fault. */
  readonly onError: (error: unknown) => void;
};

export type Edge = { readonly port: number; close(): Promise<void> };

/** Above every AWS payload limit that matters here: a Lambda zip uploaded in one call is at most 70 MB in base64. */
const maxBodyBytes = 80 * 1024 * 1024;

/** Listens on loopback and hands every request to the API it is for. `port` 0 takes a free one. */
export async function startEdge(options: EdgeOptions): Promise<Edge> {
  const server = createServer({ keepAliveTimeout: 60_000, maxHeaderSize: 64 * 1024 }, (request, response) => {
    serve(options, request, response).catch((error: unknown) => {
      // The client hung up in the middle of its request: nobody's failure here, and nobody to answer.
      if (error === request.errored) return;
      options.onError(error);
      if (response.headersSent) response.destroy();
      else
        send(
          response,
          500,
          [['content-type', 'application/json']],
          '{"message":"Internal error of the local endpoint"}',
        );
    });
  });
  await listen(server, options.port);
  const { port } = addressOf(server);
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the edge is not listening on a TCP port');
  return address;
}

async function serve(options: EdgeOptions, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const { authority, path, rawQuery } = splitUrl(incoming.url ?? '/');
  const headers = joinHeaders(incoming);
  const query = new URLSearchParams(rawQuery);
  const host = authority ?? headers.host ?? 'localhost';
  const hostname = host.replace(/:\d+$/, '');
  const target = domainTarget(options.domains, hostname, path) ?? route({ host: hostname, path, query, headers });

  const body = await readBody(incoming);
  if (body === undefined) {
    send(
      response,
      413,
      [
        ['content-type', 'application/json'],
        ['connection', 'close'],
      ],
      '{"message":"Request Entity Too Large"}',
    );
    return;
  }

  // The AWS Query protocol takes any action by GET.
  const isReadByGet = target.kind === 'page' || (target.kind === 'aws' && target.service === 's3');
  const page = target.kind === 'api' ? undefined : foreignPage({ host: hostname, headers, isReadByGet });
  if (page !== undefined) {
    const message = JSON.stringify({ message: `The endpoint answers no web pages but those of this machine: ${page}` });
    send(response, 403, [['content-type', 'application/json']], message);
    return;
  }

  switch (target.kind) {
    case 'page': {
      const { status, content } = await openPage(options, target.path, {
        method: incoming.method ?? 'GET',
        query,
        body,
      });
      send(response, status, [['content-type', 'application/json']], JSON.stringify(content));
      return;
    }
    case 'api': {
      const frontend = options.frontends.find((candidate) => candidate.has(target.apiId));
      if (frontend === undefined) {
        // What the execute-api host of an API that does not exist answers.
        send(
          response,
          403,
          [
            ['content-type', 'application/json'],
            ['x-amzn-errortype', 'ForbiddenException'],
          ],
          '{"message":"Forbidden"}',
        );
        return;
      }
      const answer = await frontend.execute({
        apiId: target.apiId,
        stage: target.stage,
        path: target.path,
        ...(target.domain !== undefined && { domain: target.domain }),
        method: incoming.method ?? 'GET',
        rawQuery,
        headers: pairs(incoming.rawHeaders),
        body,
        sourceIp: '127.0.0.1',
        host,
      });
      send(response, answer.status, answer.headers, answer.body);
      return;
    }
    case 'aws': {
      const request = awsRequest(options, target, incoming.method ?? 'GET', { path, query, headers, body });
      const answer = await dispatcher(options.apis)(request);
      send(response, answer.status, Object.entries(answer.headers), answer.body);
    }
  }
}

/** A domain's path that nothing is mapped to leads to no API, which is answered like an unknown one. */
function domainTarget(domains: CustomDomains | undefined, name: string, path: string): Target | undefined {
  if (domains === undefined || !domains.has(name)) return undefined;
  const found = domains.resolveDomain(name, path) ?? { apiId: '', stage: undefined, path, basePath: '' };
  const { basePath, ...target } = found;
  return { kind: 'api', ...target, domain: { name, basePath } };
}

async function openPage(
  { pages, findPage }: Pick<EdgeOptions, 'pages' | 'findPage'>,
  path: string,
  request: PageRequest,
): Promise<{ status: number; content: object }> {
  const page = Object.hasOwn(pages, path) ? pages[path] : findPage?.(path);
  if (page === undefined) return { status: 404, content: { message: `no page ${path}`, pages: Object.keys(pages) } };
  try {
    return { status: 200, content: await page(request) };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { status: error.status, content: { message: error.message, code: error.code } };
  }
}

function awsRequest(
  { credentials }: EdgeOptions,
  target: Extract<Target, { kind: 'aws' }>,
  method: string,
  parts: Pick<AwsRequest, 'path' | 'query' | 'headers' | 'body'>,
): AwsRequest {
  return {
    requestId: randomUUID(),
    service: target.service,
    region: target.region ?? defaultRegion,
    principal: credentials.principalOf(target.accessKeyId),
    method,
    ...parts,
  };
}

/** One door for every AWS call, from outside and from within the process. */
export function dispatcher(apis: Readonly<Record<string, AwsApi>>): AwsApi {
  return async (request) => {
    const api = Object.hasOwn(apis, request.service) ? apis[request.service] : undefined;
    return api === undefined ? unknownService(request) : api(request);
  };
}

function unknownService(request: AwsRequest) {
  const isQuery = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
  const action = isQuery
    ? (new URLSearchParams(request.body.toString()).get('Action') ?? '')
    : (request.headers['x-amz-target'] ?? `${request.method} ${request.path}`);
  const error: AwsError = unsupportedOperation(request.service, action);
  return isQuery ? queryErrorResponse(request, '', error) : jsonErrorResponse(request, '1.1', error);
}

/** Clients that take the endpoint for a proxy send the whole URL, of which the host counts then (RFC 9112, 3.2.2). */
function splitUrl(url: string): { authority: string | undefined; path: string; rawQuery: string } {
  const [, authority, target = url] = /^https?:\/\/([^/?]+)(.*)$/is.exec(url) ?? [];
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  return { authority, path: path || '/', rawQuery: mark < 0 ? '' : target.slice(mark + 1) };
}

function joinHeaders(incoming: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(',') : (value ?? ''),
    ]),
  );
}

function pairs(rawHeaders: readonly string[]): [string, string][] {
  return rawHeaders.flatMap((name, index): [string, string][] =>
    index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? '']] : [],
  );
}

/** The whole body, or undefined when it is larger than anything AWS takes. */
async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    size += chunk.length;
    if (size > maxBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

function send(
  response: ServerResponse,
  status: number,
  headers: readonly (readonly [string, string])[],
  body: string | Buffer,
): void {
  const grouped = new Map<string, string[]>();
  for (const [name, value] of headers) grouped.set(name, [...(grouped.get(name) ?? []), value]);
  for (const [name, values] of grouped) response.setHeader(name, values.length === 1 ? (values[0] ?? '') : values);
  response.writeHead(status);
  response.end(body);
}
