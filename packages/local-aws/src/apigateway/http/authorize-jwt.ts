import type { JwtVerifier } from '../jwt.ts';
import type { Authorize } from './authorize.ts';
import { GatewayError } from './gateway-error.ts';
import { evaluate } from './selection-expression.ts';

/** A JWT authorizer: a token of the configured issuer, with one of the route's scopes when it asks for any. */
export function authorizeJwt(verify: JwtVerifier): Authorize {
  return async (exchange, { identitySource = [], jwtConfiguration }) => {
    const source = evaluate(identitySource[0] ?? '$request.header.Authorization', { exchange });
    // The token stands there alone or after `Bearer `.
    const token = source?.replace(/^bearer\s+/i, '').trim() ?? '';
    if (token === '' || jwtConfiguration === undefined) {
      throw new GatewayError('UNAUTHORIZED', 'no token', { headers: [['www-authenticate', 'Bearer']] });
    }
    const { issuer, audience } = jwtConfiguration;
    const wanted = exchange.route.authorizationScopes ?? [];
    const result = await verify(token, { issuer, audience: audience ?? [], scopes: wanted });
    if (!result.ok) {
      const { status, wwwAuthenticate } = result;
      throw new GatewayError(status === 401 ? 'UNAUTHORIZED' : 'ACCESS_DENIED', wwwAuthenticate, {
        headers: [['www-authenticate', wwwAuthenticate]],
      });
    }
    const scopes = wanted.length === 0 ? null : wanted.filter((scope) => result.scopes.includes(scope));
    return { kind: 'jwt', claims: result.claims, scopes };
  };
}
