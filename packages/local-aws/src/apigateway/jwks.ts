import {
  type CryptoKey,
  createLocalJWKSet,
  errors,
  type FlattenedJWSInput,
  type JSONWebKeySet,
  type JWSHeaderParameters,
} from 'jose';
import * as z from 'zod';
import type { Clock } from '../core/clock.ts';

/** As API Gateway caches an issuer's keys. */
const keptFor = 2 * 60 * 60 * 1000;
/** How soon a key id that is not among them makes it look again. */
const refetchAfter = 10_000;
const fetchTimeout = 5_000;

const discoverySchema = z.looseObject({ jwks_uri: z.url() });
const jwksSchema = z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })) });

type KeySet = (header: JWSHeaderParameters, token: FlattenedJWSInput) => Promise<CryptoKey>;

/** The issuer cannot be reached or does not answer as OpenID Connect Discovery says. */
export class DiscoveryError extends Error {}

/**
 * The keys of an issuer that this process is itself, or undefined for any other.
 * @throws DiscoveryError for an issuer that must not be contacted
 */
export type OwnKeys = (issuer: string) => Promise<JSONWebKeySet> | undefined;

/** The public keys of OIDC issuers: at hand, or by discovery. */
export class JwksCache {
  readonly #clock: Clock;
  readonly #ownKeys: OwnKeys;
  readonly #sets = new Map<string, { keys: Promise<KeySet>; fetchedAt: number }>();

  constructor(clock: Clock, ownKeys: OwnKeys = () => undefined) {
    this.#clock = clock;
    this.#ownKeys = ownKeys;
  }

  /** @throws DiscoveryError, or an error of jose when no key fits */
  async keyFor(issuer: string, header: JWSHeaderParameters, token: FlattenedJWSInput): Promise<CryptoKey> {
    const own = await this.#ownKeys(issuer);
    if (own !== undefined) return createLocalJWKSet(own)(header, token);
    const keys = await this.#keys(issuer, keptFor);
    try {
      return await keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      const newer = await this.#keys(issuer, refetchAfter);
      return newer(header, token);
    }
  }

  #keys(issuer: string, maxAge: number): Promise<KeySet> {
    const now = this.#clock.now();
    const known = this.#sets.get(issuer);
    if (known !== undefined && now - known.fetchedAt < maxAge) return known.keys;
    const keys = this.#discover(issuer);
    this.#sets.set(issuer, { keys, fetchedAt: now });
    keys.catch(() => {
      if (known === undefined) this.#sets.delete(issuer);
      else this.#sets.set(issuer, known);
    });
    return keys;
  }

  async #discover(issuer: string): Promise<KeySet> {
    const { jwks_uri } = await this.#fetch(
      `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
      discoverySchema,
    );
    return createLocalJWKSet(await this.#fetch(jwks_uri, jwksSchema));
  }

  async #fetch<T>(url: string, schema: z.ZodType<T>): Promise<T> {
    const abort = new AbortController();
    const timer = this.#clock.schedule(() => abort.abort(), fetchTimeout);
    try {
      const response = await fetch(url, { signal: abort.signal });
      return schema.parse(await response.json());
    } catch (error) {
      throw new DiscoveryError(`cannot read ${url}: ${String(error)}`, { cause: error });
    } finally {
      timer.cancel();
    }
  }
}
