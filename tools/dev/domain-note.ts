import { lookup } from 'node:dns/promises';
import type { DeployedApi } from 'local-aws';

/** The addresses of a name. @throws when it has none */
export type Resolve = (name: string) => Promise<readonly string[]>;

const resolveName: Resolve = async (name) => (await lookup(name, { all: true })).map(({ address }) => address);

/**
 * How to reach the custom domain of `apis` where its name does not lead to this machine by itself.
 *
 * @returns undefined where it does, or where there is none
 */
export async function domainNote(
  apis: readonly Pick<DeployedApi, 'url' | 'endpoint'>[],
  resolve: Resolve = resolveName,
): Promise<string | undefined> {
  const mapped = apis.find(({ url, endpoint }) => url !== endpoint);
  if (mapped === undefined) return undefined;
  const { hostname, host } = new URL(mapped.url);
  const addresses = await resolve(hostname).catch(() => []);
  if (addresses.length > 0 && addresses.every((address) => address === '::1' || address.startsWith('127.'))) {
    return undefined;
  }
  // RFC 6761; curl and browsers do by themselves what resolvers should.
  const fix = hostname.endsWith('.localhost')
    ? 'curl and browsers reach it all the same'
    : `curl takes --resolve ${host}:127.0.0.1`;
  return `${hostname} does not lead here by itself: ${fix}; anything else takes ${mapped.endpoint} and the like, which ${new URL(mapped.endpoint).origin}/_local/apis lists.`;
}
