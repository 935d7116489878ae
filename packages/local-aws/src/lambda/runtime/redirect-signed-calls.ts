import type { IncomingMessage, RequestOptions } from 'node:http';
import Module from 'node:module';
import { urlToHttpOptions } from 'node:url';

type Callback = (response: IncomingMessage) => void;

/**
 * Sends the calls of version 2 of the AWS SDK to the endpoint. It does not read AWS_ENDPOINT_URL, and it is part of the
 * bundle of a function as often as not, so that only its requests can be recognized: they go to AWS over `https.request`
 * and are signed with the credentials of this environment, which mean nothing to AWS. Requests with a signature of others
 * or none go where they are sent.
 */
export function redirectSignedCalls(endpoint: string | undefined, accessKeyId: string | undefined): void {
  if (endpoint === undefined || accessKeyId === undefined || !URL.canParse(endpoint)) return;
  const target = new URL(endpoint);
  let isPatched = false;
  const patch = (https: typeof import('node:https')): void => {
    if (isPatched) return;
    isPatched = true;
    https.request = new Proxy(https.request, {
      apply(request, self, args: readonly unknown[]) {
        const local = redirected(optionsOf(args), target, accessKeyId);
        if (local === undefined) return Reflect.apply(request, self, args);
        return process.getBuiltinModule('node:http').request(local, args.find(isCallback));
      },
    });
  };
  // Loading `https` takes longer than starting a function that does without it.
  onLoad((name) => {
    if (name === 'https' || name === 'node:https') patch(process.getBuiltinModule('node:https'));
  });
}

/** Calls `listener` with the name of every module that `require` has loaded. */
function onLoad(listener: (name: unknown) => void): void {
  const load: unknown = Reflect.get(Module, '_load');
  if (typeof load !== 'function') return;
  Reflect.set(
    Module,
    '_load',
    new Proxy(load, {
      apply(target, self, args: readonly unknown[]) {
        const loaded: unknown = Reflect.apply(target, self, args);
        listener(args[0]);
        return loaded;
      },
    }),
  );
}

function optionsOf([first, second]: readonly unknown[]): RequestOptions {
  const url = typeof first === 'string' && URL.canParse(first) ? new URL(first) : first;
  const base = url instanceof URL ? urlToHttpOptions(url) : {};
  return Object.assign({}, base, url instanceof URL ? second : first);
}

function isCallback(value: unknown): value is Callback {
  return typeof value === 'function';
}

/** The same request to the endpoint; undefined for one that is not for AWS or not signed by this environment. */
function redirected(options: RequestOptions, target: URL, accessKeyId: string): RequestOptions | undefined {
  const { agent: _agent, protocol: _protocol, hostname, host, headers, ...rest } = options;
  const name = String(hostname ?? host);
  const entries = Object.entries(headers ?? {});
  const authorization = entries.find(([header]) => header.toLowerCase() === 'authorization')?.[1];
  if (!name.endsWith('.amazonaws.com') || !String(authorization).includes(`Credential=${accessKeyId}/`))
    return undefined;
  const kept = entries.filter(([header]) => header.toLowerCase() !== 'host');
  return {
    ...rest,
    hostname: target.hostname,
    port: target.port,
    headers: Object.fromEntries([...kept, ['Host', `${localName(name)}:${target.port}`]]),
  };
}

/** Names of hosts that begin with a bucket or an API do so at the endpoint, too. */
function localName(host: string): string {
  const [, bucket] = /^(.+)\.s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com$/.exec(host) ?? [];
  if (bucket !== undefined) return `${bucket}.s3.localhost`;
  const [, apiId] = /^([a-z0-9]+)\.execute-api\.[a-z0-9-]+\.amazonaws\.com$/.exec(host) ?? [];
  return apiId === undefined ? 'localhost' : `${apiId}.execute-api.localhost`;
}
