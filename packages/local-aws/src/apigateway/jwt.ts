import { compactVerify, decodeJwt, decodeProtectedHeader, type JWSHeaderParameters } from 'jose';
import type { Clock } from '../core/clock.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import { DiscoveryError, JwksCache, type OwnKeys } from './jwks.ts';

type JwtRequirement = {
  readonly issuer: string;
  /** One of them must be the token's `aud`, or its `client_id` when it has no `aud`; undefined takes any. */
  readonly audience?: readonly string[] | undefined;
  /** The token must have one of them; undefined or empty asks for none. */
  readonly scopes?: readonly string[] | undefined;
};

type JwtResult =
  /** With all claims that the token has. */
  | { readonly ok: true; readonly claims: JsonObject; readonly scopes: readonly string[] }
  | { readonly ok: false; readonly status: 401 | 403; readonly isExpired: boolean; readonly wwwAuthenticate: string };

/** Checks tokens as API Gateway does: signature, issuer, audience, times and scopes. */
export type JwtVerifier = (token: string, requirement: JwtRequirement) => Promise<JwtResult>;

/** API Gateway takes RSA signatures only. */
const algorithms = ['RS256', 'RS384', 'RS512'];

/**
 * @param clock tells the time that `exp`, `nbf` and `iat` are held against, and how long keys are kept
 * @param ownKeys of issuers that are not asked for theirs; none without it
 */
export function createJwtVerifier(clock: Clock, ownKeys?: OwnKeys): JwtVerifier {
  const jwks = new JwksCache(clock, ownKeys);
  return async (token, requirement) => {
    const unverified = readToken(token);
    if (unverified === undefined) return invalid('the token is malformed');
    const { header, claims } = unverified;
    if (!algorithms.includes(header.alg ?? '')) return invalid('the signing algorithm is not supported');
    if (header.kid === undefined) return invalid('the token does not name a key');
    // Before any key is fetched: only the configured issuer is ever asked.
    if (claims.iss !== requirement.issuer) return invalid('the token does not have a valid issuer');
    try {
      const key = await jwks.keyFor(requirement.issuer, header, { payload: '', signature: '' });
      await compactVerify(token, key, { algorithms });
    } catch (error) {
      const isUnreachable = error instanceof DiscoveryError;
      return invalid(
        isUnreachable ? 'OIDC discovery endpoint communication error' : 'the token has an invalid signature',
      );
    }
    return checkClaims(claims, requirement, clock.now() / 1000);
  };
}

function checkClaims(claims: JsonObject, { audience, scopes: wanted = [] }: JwtRequirement, now: number): JwtResult {
  const { exp, nbf, iat } = claims;
  if (typeof exp !== 'number' || exp <= now) return { ...invalid('the token has expired'), isExpired: true };
  if (isLater(nbf, now) || isLater(iat, now)) return invalid('the token is not valid yet');
  if (audience !== undefined && !hasAudience(claims, audience))
    return invalid('the token does not have a valid audience');
  const scopes = scopesOf(claims);
  if (wanted.length > 0 && !wanted.some((scope) => scopes.includes(scope))) return insufficientScope(wanted);
  return { ok: true, claims, scopes };
}

function readToken(token: string): { header: JWSHeaderParameters; claims: JsonObject } | undefined {
  try {
    const claims: unknown = decodeJwt(token);
    return isJsonObject(claims) ? { header: decodeProtectedHeader(token), claims } : undefined;
  } catch {
    return undefined;
  }
}

/** An absent claim sets no bound; one that is not a number can never be met. */
function isLater(claim: unknown, now: number): boolean {
  return claim !== undefined && (typeof claim !== 'number' || claim > now);
}

function hasAudience({ aud, client_id: clientId }: JsonObject, audience: readonly string[]): boolean {
  const own = aud === undefined ? [clientId] : Array.isArray(aud) ? aud : [aud];
  return own.some((value) => typeof value === 'string' && audience.includes(value));
}

function scopesOf({ scope, scp }: JsonObject): string[] {
  const own = scope ?? scp;
  if (typeof own === 'string') return own.split(' ').filter((text) => text !== '');
  return Array.isArray(own) ? own.filter((value) => typeof value === 'string') : [];
}

function invalid(description: string): Extract<JwtResult, { ok: false }> {
  return {
    ok: false,
    status: 401,
    isExpired: false,
    wwwAuthenticate: `Bearer scope="" error="invalid_token" error_description="${description}"`,
  };
}

function insufficientScope(wanted: readonly string[]): JwtResult {
  return {
    ok: false,
    status: 403,
    isExpired: false,
    wwwAuthenticate: `Bearer scope="${wanted.join(' ')}" error="insufficient_scope" error_description="the token does not have a required scope"`,
  };
}
