import { createSecureContext } from 'node:tls';
import * as z from 'zod/mini';
import { readEnv } from '../env.ts';

const endpointEnv = z.object({ AWS_ENDPOINT_URL: z.optional(z.string()) });

/**
 * Has Node parse its root certificates, which it would do at the first connection over TLS. INIT gets a whole CPU, the first
 * invocation of a function of 256 MB a seventh of one.
 */
export function loadRootCertificates(): void {
  const { AWS_ENDPOINT_URL: url = 'https:' } = readEnv(endpointEnv);
  if (url.startsWith('https:')) createSecureContext();
}
