import type { RequestOptions } from 'node:http';
import { responsePath } from './response-path.ts';

/**
 * Sends the responses of custom resources to the endpoint. Most providers take the host and the path of the response URL,
 * and use HTTPS at port 443 without looking, because on AWS the URL is one of S3.
 * @returns the same request to the endpoint; undefined for any other request
 */
export function redirectedResponse(options: RequestOptions, target: URL): RequestOptions | undefined {
  const { agent: _agent, protocol: _protocol, hostname, host, ...rest } = options;
  if (!options.path?.startsWith(responsePath) || String(hostname ?? host) !== target.hostname) return undefined;
  return { ...rest, hostname: target.hostname, port: target.port };
}
