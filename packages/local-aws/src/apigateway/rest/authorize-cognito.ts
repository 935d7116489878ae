import { parseArn } from '../../core/arn.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Authorizer, Method } from './api-definition.ts';
import type { Authorize, AuthorizerPorts } from './authorize.ts';
import { headerOf } from './exchange.ts';
import { GatewayError } from './gateway-error.ts';
import { compileIdentityValidation } from './identity-validation.ts';

/** A token of one of the user pools: an identity token, or an access token when the method asks for scopes. */
export function authorizeCognito(
  { providerArns, identitySource, identityValidationExpression }: Authorizer,
  { authorizationScopes }: Method,
  { verifyJwt }: Pick<AuthorizerPorts, 'verifyJwt'>,
): Authorize {
  const header = identitySource?.replace(/^method\.request\.header\./, '') ?? 'Authorization';
  const isAudience = compileIdentityValidation(identityValidationExpression);
  const isTaken = ({ aud, token_use: use }: JsonObject): boolean =>
    use === (authorizationScopes.length === 0 ? 'id' : 'access') && isAudience(String(aud ?? ''));
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
      if (!isTaken(result.claims)) continue;
      exchange.authorizer = {
        claims: Object.fromEntries(
          Object.entries(result.claims).map(([name, claim]) => [name, claimText(name, claim)]),
        ),
      };
      return;
    }
    throw isExpired ? new GatewayError('UNAUTHORIZED', 'The incoming token has expired') : unauthorized();
  };
}

/** Whose tokens are those of a user pool. */
function issuerOf(userPoolArn: string): string {
  const pool = parseArn(userPoolArn);
  return `https://cognito-idp.${pool?.region}.amazonaws.com/${pool?.resource.replace(/^userpool\//, '')}`;
}

/** Claims arrive as text; lists with commas, and these two times the way Java prints dates. */
function claimText(name: string, claim: unknown): string {
  if (typeof claim === 'number' && (name === 'exp' || name === 'iat')) return dateText(claim);
  if (Array.isArray(claim)) return claim.map(String).join(',');
  return typeof claim === 'object' ? JSON.stringify(claim) : String(claim);
}

/** `Sun Dec 17 07:28:12 UTC 2017` */
function dateText(epochSeconds: number): string {
  const [weekday, day, month, year, time] = new Date(epochSeconds * 1000).toUTCString().split(/,? /);
  return `${weekday} ${month} ${day} ${time} UTC ${year}`;
}

function unauthorized(): GatewayError {
  return new GatewayError('UNAUTHORIZED', 'Unauthorized');
}
