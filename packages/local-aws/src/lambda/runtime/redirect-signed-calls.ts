import type { RequestOptions } from 'node:http';

/**
 * Sends the calls of version 2 of the AWS SDK to the endpoint. It does not read AWS_ENDPOINT_URL, and it is part of the
 * bundle of a function as often as not, so that only its requests can be recognized: they go to AWS over `https.request`
 * and are signed with the credentials of this environment, which mean nothing to AWS. Requests with a signature of others
 * or none go where they are sent.
 * @returns the same request to the endpoint; undefined for one that is not for AWS or not signed by this environment
 */
export function redirectedCall(options: RequestOptions, target: URL, accessKeyId: string): RequestOptions | undefined {
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
