import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Site } from '../console/page/site.ts';
import { type ControlAnswer, type ControlApi, type ControlRequest, controlPrefix } from '../control/control-api.ts';
import { defaultRegion } from '../core/arn.ts';
import type { AwsApi, AwsRequest } from '../core/aws-api.ts';
import { AwsError, unsupportedOperation } from '../core/aws-error.ts';
import type { Clock } from '../core/clock.ts';
import type { CredentialStore } from '../core/credentials.ts';
import { isRegion } from '../core/region-names.ts';
import type { ApiFrontend } from '../core/web.ts';
import { refusalOf } from './admit.ts';
import { browserHeaders } from './browser-headers.ts';
import { callApi } from './call-api.ts';
import { hostAllowList, readHost } from './host-names.ts';
import { type FindApi, targetOf } from './named-api.ts';
import { presignFault, presignRefusal } from './presigned-call.ts';
import { readBody } from './read-body.ts';
import { isQueryCall, refuseCall, unknownRegion } from './refuse.ts';
import { requesterOf } from './requester.ts';
import { route, type Target } from './route.ts';
import { sendControlAnswer } from './send-control-answer.ts';
import { sendAnswer, sendMessage } from './send-response.ts';

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
  readonly findApi?: FindApi;
  readonly pages: Readonly<Record<string, Page>>;
  /** Pages that come and go, for paths that are none of `pages`. */
  readonly findPage?: (path: string) => Page | undefined;
  /** Serves the paths below `/_local/api/`. */
  readonly controlApi?: ControlApi;
  /** Serves the console: the document at `/` for browsers, and its files. */
  readonly site?: Site;
  readonly credentials: CredentialStore;
  /** Names besides those of loopback and the custom domains; each with all names below it. */
  readonly allowedHosts?: readonly string[];
  readonly clock?: Clock;
  /** Told of every error that is the endpoint's own fault. */
  readonly onError: (error: unknown) => void;
};

export type Edge = { readonly port: number; close(): Promise<void> };

/** Connections that end with the answer to a malformed request: what was sent after it is not read (RFC 9112, 9.6). */
const ended = new WeakSet<Socket>();

/** Listens on loopback and hands every request to the API it is for. `port` 0 takes a free one. */
export async function startEdge(options: EdgeOptions): Promise<Edge> {
  const settings = { keepAliveTimeout: 60_000, maxHeaderSize: 64 * 1024, requireHostHeader: false };
  const server = createServer(settings, (request, response) => {
    if (ended.has(request.socket)) return;
    serve(options, request, response).catch((error: unknown) => {
      // The client hung up in the middle of its request: not a failure of the endpoint, and there is no client to answer.
      if (error === request.errored) return;
      options.onError(error);
      if (response.headersSent) response.destroy();
      else sendMessage(response, 500, 'Internal error of the local endpoint');
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
  const host = authority ?? incoming.headers.host ?? 'localhost';
  const headers = { ...joinHeaders(incoming), host };
  const query = new URLSearchParams(rawQuery);
  const method = incoming.method ?? 'GET';
  const isKnown = hostAllowList(options.allowedHosts ?? []);
  const named = readHost(host, incoming, (name) => isKnown(name) || options.domains?.has(name) === true);
  if ('message' in named && named.status === 400) ended.add(incoming.socket);

  const body = await readBody(incoming);
  if (body === undefined) {
    sendMessage(response, 413, 'Request Entity Too Large', [['connection', 'close']]);
    return;
  }
  if ('message' in named) {
    sendMessage(response, named.status, named.message, named.status === 400 ? [['connection', 'close']] : []);
    return;
  }
  const { name } = named;
  const requester = requesterOf({ authority: named, method, headers });
  const hasConsole = options.site !== undefined;
  const routed = domainTarget(options.domains, name, path) ?? route({ host: name, path, query, headers, hasConsole });
  const target = targetOf(routed, requester, options.findApi);
  if (target instanceof AwsError) {
    sendMessage(response, target.status, target.message);
    return;
  }
  const extra = browserHeaders(target, requester, headers);

  switch (target.kind) {
    case 'page': {
      const refusal = refusalOf({ method, target, requester, page: pageOf(headers) });
      if (refusal !== undefined) {
        sendMessage(response, refusal.status, refusal.message, extra);
        return;
      }
      const answer = await answerOwn(options, { method, path: target.path, query, headers, body });
      await sendControlAnswer(response, answer, extra);
      return;
    }
    case 'api': {
      const answer = await callApi(options, requester, {
        apiId: target.apiId,
        stage: target.stage,
        path: target.path,
        ...(target.domain !== undefined && { domain: target.domain }),
        ...(target.isByName === true && { isByName: true }),
        method,
        rawQuery,
        headers: pairs(incoming.rawHeaders),
        body,
        sourceIp: '127.0.0.1',
        host,
        presignFault: presignFault(options, { method, path, query, headers }),
      });
      await sendAnswer(response, answer, extra);
      return;
    }
    case 'aws': {
      const request = awsRequest(options, target, method, { path, query, headers, body });
      const refusal =
        refusalOf({ method, target, requester, page: pageOf(headers) }) ?? presignRefusal(options, target, request);
      const answer = refusal === undefined ? await dispatcher(options.apis)(request) : refuseCall(request, refusal);
      await sendAnswer(response, { ...answer, headers: Object.entries(answer.headers) }, extra);
    }
  }
}

/** How the headers of a browser name the page that asks. */
function pageOf({ origin, referer }: Readonly<Record<string, string>>): string {
  return origin ?? referer ?? 'of another site';
}

/** A domain's path that nothing is mapped to leads to no API, which is answered like an unknown one. */
function domainTarget(domains: CustomDomains | undefined, name: string, path: string): Target | undefined {
  if (domains === undefined || !domains.has(name)) return undefined;
  const found = domains.resolveDomain(name, path) ?? { apiId: '', stage: undefined, path, basePath: '' };
  const { basePath, ...target } = found;
  return { kind: 'api', ...target, domain: { name, basePath }, isByPath: false };
}

/** Answers a path of the endpoint itself. */
async function answerOwn(
  { controlApi, site, ...options }: EdgeOptions,
  request: ControlRequest,
): Promise<ControlAnswer> {
  if (controlApi !== undefined && request.path.startsWith(controlPrefix)) return controlApi(request);
  return (await site?.(request.path)) ?? openPage(options, request);
}

async function openPage(
  { pages, findPage }: Pick<EdgeOptions, 'pages' | 'findPage'>,
  { path, ...request }: ControlRequest,
): Promise<ControlAnswer> {
  const page = Object.hasOwn(pages, path) ? pages[path] : findPage?.(path);
  if (page === undefined) return { status: 404, body: { message: `no page ${path}`, pages: Object.keys(pages) } };
  try {
    return { body: await page(request) };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { status: error.status, body: { message: error.message, code: error.code } };
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
    if (!isRegion(request.region)) return refuseCall(request, unknownRegion(request));
    const api = Object.hasOwn(apis, request.service) ? apis[request.service] : undefined;
    return api === undefined ? unknownService(request) : api(request);
  };
}

function unknownService(request: AwsRequest) {
  const form = request.body.length > 0 ? new URLSearchParams(request.body.toString()) : request.query;
  const action = isQueryCall(request)
    ? (form.get('Action') ?? '')
    : (request.headers['x-amz-target'] ?? `${request.method} ${request.path}`);
  return refuseCall(request, unsupportedOperation(request.service, action));
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
