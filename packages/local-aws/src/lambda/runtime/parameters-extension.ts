import type { IncomingMessage, ServerResponse } from 'node:http';

type Answer = { readonly status: number; readonly body: string };
type Call = {
  readonly service: 'ssm' | 'secretsmanager';
  readonly target: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** How long an answer is used again. */
  readonly ttlMs: number;
};

const maxCached = 1000;

/**
 * Answers at the port of the AWS Parameters and Secrets extension, 2773, which all processes of this machine share:
 * connections of this process to it lead to a server of its own.
 */
export async function answerForExtension(): Promise<void> {
  const http = process.getBuiltinModule('http');
  const cache = new Map<string, { readonly answer: Answer; readonly until: number }>();
  const server = http.createServer((request, response) => {
    void answer(request, cache).then(({ status, body }) => send(response, status, body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve).unref());
  const address = server.address();
  if (typeof address !== 'object' || address === null) return;
  redirectConnections(Number(variable('PARAMETERS_SECRETS_EXTENSION_HTTP_PORT') ?? 2773), address.port);
}

async function answer(
  request: IncomingMessage,
  cache: Map<string, { readonly answer: Answer; readonly until: number }>,
): Promise<Answer> {
  if (request.headers['x-aws-parameters-secrets-token'] !== variable('AWS_SESSION_TOKEN')) {
    return { status: 401, body: 'unauthorized' };
  }
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const call = request.method === 'GET' ? callOf(pathname, searchParams) : undefined;
  if (call === undefined) return { status: 404, body: '404 page not found' };
  const size = Number(variable('PARAMETERS_SECRETS_EXTENSION_CACHE_SIZE') ?? maxCached);
  const isCached = variable('PARAMETERS_SECRETS_EXTENSION_CACHE_ENABLED')?.toLowerCase() !== 'false' && size > 0;
  const key = JSON.stringify([call.target, call.input]);
  const kept = cache.get(key);
  if (isCached && kept !== undefined && kept.until > Date.now()) return kept.answer;
  const fresh = await callAws(call);
  if (isCached && fresh.status === 200 && call.ttlMs > 0) {
    cache.delete(key);
    const [oldest] = cache.keys();
    if (cache.size >= Math.min(size, maxCached) && oldest !== undefined) cache.delete(oldest);
    cache.set(key, { answer: fresh, until: Date.now() + call.ttlMs });
  }
  return fresh;
}

function callOf(path: string, query: URLSearchParams): Call | undefined {
  switch (path.replace(/\/$/, '')) {
    case '/systemsmanager/parameters/get': {
      const selector = query.get('version') ?? query.get('label');
      const name = query.get('name') ?? '';
      return {
        service: 'ssm',
        target: 'AmazonSSM.GetParameter',
        input: {
          Name: selector === null ? name : `${name}:${selector}`,
          WithDecryption: query.get('withDecryption') === 'true',
        },
        ttlMs: ttlOf('SSM_PARAMETER_STORE_TTL'),
      };
    }
    case '/secretsmanager/get': {
      const [version, stage] = [query.get('versionId'), query.get('versionStage')];
      return {
        service: 'secretsmanager',
        target: 'secretsmanager.GetSecretValue',
        input: {
          SecretId: query.get('secretId') ?? '',
          ...(version !== null && { VersionId: version }),
          ...(stage !== null && { VersionStage: stage }),
        },
        ttlMs: ttlOf('SECRETS_MANAGER_TTL'),
      };
    }
    default:
      return undefined;
  }
}

/** Five minutes by default, and at most. */
function ttlOf(name: string): number {
  return Math.min(Number(variable(name) ?? 300), 300) * 1000;
}

async function callAws({ service, target, input }: Call): Promise<Answer> {
  const scope = `${variable('AWS_ACCESS_KEY_ID')}/20260101/${variable('AWS_REGION')}/${service}/aws4_request`;
  const response = await fetch(variable('AWS_ENDPOINT_URL') ?? '', {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': target,
      'x-amz-security-token': variable('AWS_SESSION_TOKEN') ?? '',
      // The endpoint reads the access key only: it does not verify signatures in headers.
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
    },
    body: JSON.stringify(input),
  });
  const body = await response.text();
  return { status: response.status, body: response.status === 200 ? withTimes(body) : body };
}

/** The extension gives times as texts, where the services have seconds. */
function withTimes(body: string): string {
  const value = JSON.parse(body, (key, member: unknown) =>
    typeof member === 'number' && key.endsWith('Date') ? new Date(member * 1000).toISOString() : member,
  );
  return JSON.stringify({ ...value, ResultMetadata: {} });
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': status === 200 ? 'application/json' : 'text/plain' }).end(body);
}

/** `http` and `fetch` both connect by this method. */
function redirectConnections(from: number, to: number): void {
  const { prototype } = process.getBuiltinModule('net').Socket;
  prototype.connect = new Proxy(prototype.connect, {
    apply(target, self, args: unknown[]) {
      const [first] = args;
      const options: unknown = Array.isArray(first) ? first[0] : first;
      if (isTo(options, from)) Object.assign(options, { host: '127.0.0.1', port: to });
      return Reflect.apply(target, self, args);
    },
  });
}

function isTo(options: unknown, port: number): options is object {
  if (typeof options !== 'object' || options === null || !('port' in options)) return false;
  const host = 'host' in options ? options.host : 'localhost';
  return Number(options.port) === port && ['localhost', '127.0.0.1', '::1'].includes(String(host));
}

function variable(name: string): string | undefined {
  // biome-ignore lint/style/noProcessEnv: the function's own environment
  return process.env[name];
}
