import * as z from 'zod/mini';
import { readEnv } from '../env.ts';

const credentialsEnv = z.object({
  AWS_ACCESS_KEY_ID: z.string(),
  AWS_SECRET_ACCESS_KEY: z.string(),
  AWS_SESSION_TOKEN: z.optional(z.string()),
});

/**
 * Stands in for `@aws-sdk/credential-provider-node` in the bundles (esbuild `alias`). Lambda hands credentials over in
 * the environment only; the profiles, SSO, web identity and metadata services of the SDK's own chain, which no function
 * can reach, cost 135 kB and 7 ms of every cold start.
 */
export function defaultProvider() {
  return async () => {
    const env = readEnv(credentialsEnv);
    return {
      accessKeyId: env.AWS_ACCESS_KEY_ID,
      secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
      ...(env.AWS_SESSION_TOKEN && { sessionToken: env.AWS_SESSION_TOKEN }),
    };
  };
}
