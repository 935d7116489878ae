import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import * as z from 'zod';
import type { Clock } from '../core/clock.ts';
import type { JsonObject } from '../core/json.ts';
import type { Collection, StateStore } from '../core/state-store.ts';

export type TokenRequest = {
  readonly sub: string;
  readonly scopes?: readonly string[];
  readonly audience?: string | undefined;
  /** Seconds; an hour without it. */
  readonly expiresIn?: number | undefined;
  /** Further claims; the registered ones cannot be replaced. */
  readonly claims?: JsonObject;
};

/** The one algorithm that API Gateway and Cognito have in common. */
const alg = 'RS256';

const privateJwkSchema = z.object({
  kty: z.literal('RSA'),
  n: z.string(),
  e: z.string(),
  d: z.string(),
  p: z.string(),
  q: z.string(),
  dp: z.string(),
  dq: z.string(),
  qi: z.string(),
});
type PrivateJwk = z.infer<typeof privateJwkSchema>;

/** Signs tokens for local use. Its key is made when first needed and kept with the state. */
export class OidcIssuer {
  readonly #clock: Clock;
  readonly #kept: Collection<PrivateJwk>;
  #key: Promise<PrivateJwk> | undefined;

  constructor({ clock, state }: { readonly clock: Clock; readonly state: StateStore }) {
    this.#clock = clock;
    this.#kept = state.collection('oidc/keys', privateJwkSchema);
    for (const [, key] of this.#kept.entries()) this.#key = Promise.resolve(key);
  }

  /** @param issuer the token's `iss`: the URL under which the issuer's pages are reached */
  issueToken(issuer: string, request: TokenRequest): Promise<string> {
    const { sub, scopes = [], audience = 'local', expiresIn = 3600, claims = {} } = request;
    return this.sign({
      ...claims,
      scope: scopes.join(' '),
      token_use: 'access',
      iss: issuer,
      sub,
      aud: audience,
      ...this.times(expiresIn),
    });
  }

  /** The claims of a token that is issued now and lives for `expiresIn` seconds. */
  times(expiresIn: number): { iat: number; exp: number; jti: string } {
    const iat = Math.floor(this.#clock.now() / 1000);
    return { iat, exp: iat + expiresIn, jti: crypto.randomUUID() };
  }

  /** A token that says just this. */
  async sign(claims: JsonObject): Promise<string> {
    const jwk = await this.#privateJwk();
    return new SignJWT(claims)
      .setProtectedHeader({ alg, typ: 'JWT', kid: await calculateJwkThumbprint(jwk) })
      .sign(await importJWK(jwk, alg));
  }

  /** The public keys, as a JSON Web Key Set. */
  async keySet(): Promise<{ keys: JWK[] }> {
    const { kty, n, e } = await this.#privateJwk();
    return { keys: [{ kty, n, e, alg, use: 'sig', kid: await calculateJwkThumbprint({ kty, n, e }) }] };
  }

  #privateJwk(): Promise<PrivateJwk> {
    this.#key ??= this.#makeKey();
    return this.#key;
  }

  async #makeKey(): Promise<PrivateJwk> {
    const { privateKey } = await generateKeyPair(alg, { extractable: true });
    const jwk = privateJwkSchema.parse(await exportJWK(privateKey));
    this.#kept.put('issuer', jwk);
    return jwk;
  }
}
