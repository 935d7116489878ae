import { Agent, type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import { request as requestTls } from 'node:https';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { deleteLater } from './delete-created.ts';
import { stackOutputs } from './stack-outputs.ts';
import { deployedStage, stackName } from './stage.ts';

export type Request = {
  readonly method?: string;
  /** Appended to the service's address as it is. */
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  /** Sent as it is when it is text or bytes, else as JSON with its content type. */
  readonly body?: unknown;
  /** How long the server may be silent before that is a failure. */
  readonly patienceMs?: number;
};

export type Answer = {
  readonly statusCode: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** Sends requests to one deployed service. */
export type ServiceClient = {
  readonly url: string;
  send(request: Request): Promise<Answer>;
};

/** Longer than API Gateway lets an integration take: after this time no answer comes. */
const hangMs = 35_000;
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/**
 * A client of the service called `name`, at the address that its deploy outputs. What it creates on a deployed stage is
 * deleted at the end of the test file.
 */
export async function serviceClient(
  name: string,
  endpointUrl = process.env.LOCAL_AWS_ENDPOINT_URL,
): Promise<ServiceClient> {
  const url = deployedStage === undefined ? await endpointAddress(name, endpointUrl) : await stageAddress(name);
  const send: ServiceClient['send'] = ({ path, ...rest }) => sendTo(url + path, rest);
  if (deployedStage === undefined) return { url, send };
  return {
    url,
    async send(sent) {
      const answer = await send(sent);
      deleteLater(name, send, sent, answer);
      return answer;
    },
  };
}

async function endpointAddress(name: string, endpointUrl: string | undefined): Promise<string> {
  const listed = z
    .array(z.object({ stack: z.string(), endpoint: z.string() }))
    .parse(await (await fetch(`${endpointUrl}/_local/apis`)).json());
  const url = listed.find(({ stack }) => stack === `${name}-local`)?.endpoint;
  if (url === undefined) throw new Error(`${name} has no API among ${listed.map(({ stack }) => stack).join(', ')}`);
  return url;
}

async function stageAddress(name: string): Promise<string> {
  const outputs = await stackOutputs(stackName(name));
  const url = outputs.get('ServiceEndpoint') ?? outputs.get('HttpApiUrl');
  if (url === undefined) throw new Error(`The stack ${stackName(name)} has no address of an API among its outputs`);
  return url.replace(/\/$/, '');
}

/** Unlike `fetch`, it sends what it is given: any method, any header, a path that is not well-formed. */
export async function sendTo(
  address: string,
  { method = 'GET', headers = {}, body, patienceMs = hangMs }: Omit<Request, 'path'> = {},
): Promise<Answer> {
  const [, protocol, host = '', port, path = '/'] = /^(https?):\/\/([^:/]+)(?::(\d+))?(.*)$/s.exec(address) ?? [];
  const isRaw = body === undefined || typeof body === 'string' || body instanceof Uint8Array;
  const sent = isRaw ? body : JSON.stringify(body);
  const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
    const open = protocol === 'https' ? requestTls : request;
    const outgoing = open({
      ...(protocol === 'http' && { agent }),
      host,
      port,
      path,
      method,
      headers: {
        ...(!isRaw && { 'content-type': 'application/json' }),
        // Node leaves it out for methods that usually have no body.
        ...(sent !== undefined && { 'content-length': Buffer.byteLength(sent) }),
        ...headers,
      },
      timeout: patienceMs,
    });
    outgoing.once('timeout', () => outgoing.destroy(new Error(`${method} ${path.slice(0, 200)} hangs`)));
    outgoing.once('error', reject).once('response', resolve);
    outgoing.end(sent);
  });
  return {
    statusCode: incoming.statusCode ?? 0,
    headers: Object.fromEntries(
      Object.entries(incoming.headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
    ),
    body: await text(incoming),
  };
}

/** The body of an answer, parsed. */
export function json<T>(schema: z.ZodType<T>, { body }: Answer): T {
  return schema.parse(JSON.parse(body));
}
