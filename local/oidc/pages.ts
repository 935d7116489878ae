import * as z from 'zod';
import { AwsError } from '../core/aws-error.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { Page, PageRequest } from '../edge/server.ts';
import type { OidcIssuer, TokenRequest } from './issuer.ts';

/** Where the pages are, below the endpoint's URL; together they are the issuer's name. */
export const oidcPath = '/_local/oidc';

const tokenRequestSchema = z.strictObject({
  sub: z.string().min(1),
  /** Separated by spaces or commas. */
  scopes: z.string().optional(),
  audience: z.string().min(1).optional(),
  expiresIn: z.coerce.number().int().optional(),
  /** A JSON object. */
  claims: z.string().optional(),
});

/**
 * The pages of the local issuer: discovery, keys, and `/_local/oidc/token`, which takes `sub`, `scopes`, `audience`,
 * `expiresIn` and `claims` as a query or form and answers as an OAuth token endpoint does.
 *
 * @param url the endpoint's own, such as `http://localhost:4566`
 */
export function oidcPages(issuer: OidcIssuer, url: () => string): Readonly<Record<string, Page>> {
  const name = () => `${url()}${oidcPath}`;
  return {
    [`${oidcPath}/.well-known/openid-configuration`]: () => ({
      issuer: name(),
      jwks_uri: `${name()}/jwks.json`,
      token_endpoint: `${name()}/token`,
      response_types_supported: ['token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    }),
    [`${oidcPath}/jwks.json`]: () => issuer.keySet(),
    [`${oidcPath}/token`]: async (request) => {
      const wanted = readTokenRequest(request);
      return {
        access_token: await issuer.issueToken(name(), wanted),
        token_type: 'Bearer',
        expires_in: wanted.expiresIn ?? 3600,
        scope: (wanted.scopes ?? []).join(' '),
      };
    },
  };
}

function readTokenRequest({ method, query, body }: PageRequest): TokenRequest {
  const form = method === 'POST' && body.length > 0 ? new URLSearchParams(body.toString()) : query;
  const parsed = tokenRequestSchema.safeParse(Object.fromEntries(form));
  if (!parsed.success) throw new AwsError('invalid_request', z.prettifyError(parsed.error));
  const { sub, scopes, audience, expiresIn, claims } = parsed.data;
  return {
    sub,
    ...(scopes !== undefined && { scopes: scopes.split(/[\s,]+/).filter((scope) => scope !== '') }),
    ...(audience !== undefined && { audience }),
    ...(expiresIn !== undefined && { expiresIn }),
    ...(claims !== undefined && { claims: readClaims(claims) }),
  };
}

function readClaims(text: string): JsonObject {
  try {
    const claims: unknown = JSON.parse(text);
    if (isJsonObject(claims)) return claims;
  } catch {
    // Falls through to the one answer for everything that is not a JSON object.
  }
  throw new AwsError('invalid_request', 'claims is not a JSON object');
}
