import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';

/** Who a token is about, and what it allows. */
type TokenClaims = {
  readonly sub: string;
  readonly scopes: ReadonlySet<string>;
  /** When it ends, in seconds since the epoch. */
  readonly exp: number;
};

/** The token is not one that counts here; `reason` is for the log. */
export class InvalidToken extends Error {
  readonly reason: string;

  constructor(reason: string) {
    super('Unauthorized');
    this.name = 'InvalidToken';
    this.reason = reason;
  }
}

export type TokenVerifier = (token: string) => Promise<TokenClaims>;

/** Those that the JWT authorizer of an HTTP API takes. */
const algorithms = ['RS256', 'RS384', 'RS512'];

const timeoutMs = 3000;

/**
 * Verifies signature, issuer, audience and times of tokens, as the JWT authorizer of an HTTP API does. The keys are found
 * by OpenID Connect Discovery at the first token, and kept.
 *
 * @throws InvalidToken when it is the token's fault, any other error when the issuer does not answer
 */
export function tokenVerifier(issuer: string, audience: string): TokenVerifier {
  let keys: Promise<ReturnType<typeof createRemoteJWKSet>> | undefined;
  return async (token) => {
    keys ??= discoverKeys(issuer);
    // An issuer that could not be asked is asked again by the next request.
    const jwks = await keys.catch((error: unknown) => {
      keys = undefined;
      throw error;
    });
    const verified = await jwtVerify(token, jwks, { issuer, algorithms, requiredClaims: ['exp'] }).catch(refuse);
    if (verified.protectedHeader.kid === undefined) throw new InvalidToken('kid');
    return claimsOf(verified.payload, audience, Date.now() / 1000);
  };
}

/** Everything is the token's fault but that there are no keys to hold it to. */
function refuse(error: unknown): never {
  if (!(error instanceof errors.JOSEError)) throw error;
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) throw error;
  if (error.code === 'ERR_JOSE_GENERIC') throw error;
  throw new InvalidToken(error.code);
}

function claimsOf({ sub, exp = 0, iat = 0, ...payload }: JWTPayload, audience: string, now: number): TokenClaims {
  // Access tokens of some issuers, Cognito's among them, name the client instead.
  const audiences = [payload.aud ?? payload.client_id].flat();
  if (!audiences.includes(audience)) throw new InvalidToken('audience');
  // What a signed token holds is of any type.
  if (typeof sub !== 'string' || sub === '') throw new InvalidToken('sub');
  if (typeof iat !== 'number' || iat > now) throw new InvalidToken('iat');
  const scope = [payload.scope ?? payload.scp ?? []].flat().flatMap((value) => String(value).split(' '));
  return { sub, scopes: new Set(scope), exp };
}

async function discoverKeys(issuer: string): Promise<ReturnType<typeof createRemoteJWKSet>> {
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(address, { signal: AbortSignal.timeout(timeoutMs) });
  if (!response.ok) throw new Error(`${address} answered ${response.status}`);
  const configuration: unknown = await response.json();
  const jwksUri = typeof configuration === 'object' && configuration !== null && 'jwks_uri' in configuration;
  if (!jwksUri || typeof configuration.jwks_uri !== 'string') throw new Error(`${address} names no jwks_uri`);
  return createRemoteJWKSet(new URL(configuration.jwks_uri), { timeoutDuration: timeoutMs });
}
