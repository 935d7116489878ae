import * as z from 'zod';
import type { UserPools } from '../cognito/user-pools.ts';
import { AwsError } from '../core/aws-error.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import { parseJson } from '../core/parse-json.ts';
import type { Page, PageRequest } from '../edge/server.ts';
import type { OidcIssuer } from './issuer.ts';

/** Where the pages are, below the endpoint's URL; together they are the issuer's name. */
const oidcPath = '/_local/oidc';

type Ports = {
  readonly issuer: OidcIssuer;
  readonly userPools: Pick<UserPools, 'has' | 'issueToken'>;
  /** The endpoint's own, such as `http://localhost:4566`. */
  readonly url: () => string;
};

const tokenRequestSchema = z.strictObject({
  sub: z.string().min(1),
  /** Separated by spaces or commas. */
  scopes: z.string().optional(),
  /** Of a user pool's token: the client, by id or name. */
  audience: z.string().min(1).optional(),
  expiresIn: z.coerce.number().int().optional(),
  /** A JSON object. */
  claims: z.string().optional(),
  /** The id of the user pool whose token it is; a token of the local issuer without it. */
  pool: z.string().min(1).optional(),
  /** Of a user pool's token. */
  use: z.enum(['access', 'id']).optional(),
});
type TokenRequest = Omit<z.infer<typeof tokenRequestSchema>, 'scopes' | 'claims'> & {
  readonly scopes: readonly string[];
  readonly claims: JsonObject;
};

/**
 * The pages of the local issuer: discovery, keys, and `/_local/oidc/token`, which takes `sub`, `scopes`, `audience`,
 * `expiresIn`, `claims` and `pool` as a query or form and answers as an OAuth token endpoint does.
 */
export function oidcPages({ issuer, userPools, url }: Ports): Readonly<Record<string, Page>> {
  const name = () => `${url()}${oidcPath}`;
  return {
    [`${oidcPath}/.well-known/openid-configuration`]: () => ({
      ...discovery(name(), `${name()}/jwks.json`),
      token_endpoint: `${name()}/token`,
    }),
    [`${oidcPath}/jwks.json`]: () => issuer.keySet(),
    [`${oidcPath}/token`]: async (request) => {
      const { pool, use, audience, expiresIn, ...wanted } = readTokenRequest(request);
      if (pool === undefined) {
        if (use === 'id') throw new AwsError('invalid_request', 'only user pools have identity tokens');
        const lifetime = expiresIn ?? 3600;
        const token = await issuer.issueToken(name(), { ...wanted, audience, expiresIn: lifetime });
        return tokenAnswer(token, lifetime, wanted.scopes);
      }
      const issued = await userPools.issueToken({ ...wanted, pool, use, client: audience, expiresIn });
      return tokenAnswer(issued.token, issued.expiresIn, issued.scopes);
    },
  };
}

/** A page that Amazon Cognito has for every user pool, `/<pool id>/.well-known/…`. */
export function userPoolPage(path: string, { issuer, userPools, url }: Ports): Page | undefined {
  const [, poolId = '', document = ''] = /^\/([^/]+)\/\.well-known\/([^/]+)$/.exec(path) ?? [];
  if (!userPools.has(poolId)) return undefined;
  switch (document) {
    case 'jwks.json':
      return () => issuer.keySet();
    case 'openid-configuration':
      return () =>
        discovery(
          `https://cognito-idp.${poolId.split('_')[0]}.amazonaws.com/${poolId}`,
          `${url()}/${poolId}/.well-known/jwks.json`,
        );
    default:
      return undefined;
  }
}

function discovery(issuer: string, jwksUri: string): object {
  return {
    issuer,
    jwks_uri: jwksUri,
    response_types_supported: ['token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
  };
}

function tokenAnswer(token: string, expiresIn: number, scopes: readonly string[]): object {
  return { access_token: token, token_type: 'Bearer', expires_in: expiresIn, scope: scopes.join(' ') };
}

function readTokenRequest({ method, query, body }: PageRequest): TokenRequest {
  const form = method === 'POST' && body.length > 0 ? new URLSearchParams(body.toString()) : query;
  const parsed = tokenRequestSchema.safeParse(Object.fromEntries(form));
  if (!parsed.success) throw new AwsError('invalid_request', z.prettifyError(parsed.error));
  const { scopes = '', claims, ...request } = parsed.data;
  return {
    ...request,
    scopes: scopes.split(/[\s,]+/).filter((scope) => scope !== ''),
    claims: claims === undefined ? {} : readClaims(claims),
  };
}

function readClaims(text: string): JsonObject {
  const claims = parseJson(text);
  if (isJsonObject(claims)) return claims;
  throw new AwsError('invalid_request', 'claims is not a JSON object');
}
