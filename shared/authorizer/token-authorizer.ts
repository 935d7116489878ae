import { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import * as z from 'zod/mini';
import { readEnv } from '../env.ts';
import { isObject, onlyFor } from '../invalid-event.ts';
import { invokePolicy, type ScopedApi } from './invoke-policy.ts';
import { InvalidToken, tokenVerifier } from './verify-token.ts';

const env = z.object({ OIDC_ISSUER: z.url(), OIDC_AUDIENCE: z.string().check(z.minLength(1)) });

type Authorize = (event: APIGatewayRequestAuthorizerEvent) => Promise<APIGatewayAuthorizerResult>;

/**
 * The function behind the authorizer of a REST API, which lets the bearers of an OIDC issuer's tokens through by their
 * scopes. Handlers find the token's `sub` as the caller.
 *
 * A token that does not count ends in an error called `Unauthorized`, the only way for API Gateway to answer 401.
 */
export function tokenAuthorizer(api: ScopedApi): Authorize {
  const { OIDC_ISSUER, OIDC_AUDIENCE } = readEnv(env);
  const verify = tokenVerifier(OIDC_ISSUER, OIDC_AUDIENCE);
  const logger = new Logger({ serviceName: api.service });
  return onlyFor(expected, isExpected, async ({ headers, methodArn }: APIGatewayRequestAuthorizerEvent) => {
    try {
      const { sub, scopes, exp } = await verify(bearerToken(headers ?? {}));
      return {
        principalId: sub,
        policyDocument: invokePolicy(api, methodArn, scopes),
        // API Gateway keeps this answer longer than some tokens live; handlers look at `exp`.
        context: { sub, scope: [...scopes].join(' '), exp },
      };
    } catch (error) {
      if (error instanceof InvalidToken) logger.info('Token refused', { reason: error.reason });
      else logger.error('Token could not be verified', { error: error instanceof Error ? error : String(error) });
      throw error instanceof InvalidToken ? new Error('Unauthorized') : error;
    }
  });
}

const expected = 'a request to authorize, with methodArn';

function isExpected(event: unknown): boolean {
  return isObject(event) && typeof event.methodArn === 'string';
}

function bearerToken(headers: Readonly<Record<string, string | undefined>>): string {
  const [, value = ''] = Object.entries(headers).find(([name]) => name.toLowerCase() === 'authorization') ?? [];
  return value.replace(/^bearer\s+/i, '').trim();
}
