import type { Authorizer, Method } from './api-definition.ts';
import type { Authorize, AuthorizerPorts } from './authorize.ts';
import { headerOf } from './exchange.ts';
import { GatewayError } from './gateway-error.ts';
import { matchesWhole } from './vtl/java-regex.ts';

/** A token of one of the user pools: an identity token, or an access token when the method asks for scopes. */
export function authorizeCognito(
  { providerArns, identitySource, identityValidationExpression }: Authorizer,
  { authorizationScopes }: Method,
  { verifyJwt, issuerOf }: Pick<AuthorizerPorts, 'verifyJwt' | 'issuerOf'>,
): Authorize {
  const header = identitySource?.replace(/^method\.request\.header\./, '') ?? 'Authorization';
  return async (exchange) => {
    const token =
      headerOf(exchange, header)
        ?.replace(/^bearer\s+/i, '')
        .trim() ?? '';
    if (token === '') throw unauthorized();
    let isExpired = false;
    for (const providerArn of providerArns) {
      const result = await verifyJwt(token, { issuer: issuerOf(providerArn), scopes: authorizationScopes });
      if (!result.ok) {
        isExpired ||= result.isExpired;
        continue;
      }
      const { aud, token_use: use } = result.claims;
      if (authorizationScopes.length === 0 && use === 'access') continue;
      if (
        identityValidationExpression !== undefined &&
        !matchesWhole(identityValidationExpression, String(aud ?? ''))
      ) {
        continue;
      }
      exchange.authorizer = {
        claims: Object.fromEntries(Object.entries(result.claims).map(([name, claim]) => [name, claimText(claim)])),
      };
      return;
    }
    throw isExpired ? new GatewayError('UNAUTHORIZED', 'The incoming token has expired') : unauthorized();
  };
}

/** Claims arrive as text; lists the way Java prints them. */
function claimText(claim: unknown): string {
  if (Array.isArray(claim)) return `[${claim.map(String).join(' ')}]`;
  return typeof claim === 'object' ? JSON.stringify(claim) : String(claim);
}

function unauthorized(): GatewayError {
  return new GatewayError('UNAUTHORIZED', 'Unauthorized');
}
