import * as z from 'zod';

type TokenQuery = {
  readonly sub: string;
  /** Separated by spaces. */
  readonly scopes: string;
  readonly audience?: string;
  readonly expiresIn?: string;
  /** The id of a user pool of the endpoint, whose token it is then. */
  readonly pool?: string;
};

/** A token of the issuer of the endpoint at `url`, as the value of a header. */
export async function bearer(url: string, query: TokenQuery): Promise<{ readonly authorization: string }> {
  const answer = await fetch(`${url}/_local/oidc/token?${new URLSearchParams(query)}`);
  const { access_token: token } = z.object({ access_token: z.string() }).parse(await answer.json());
  return { authorization: `Bearer ${token}` };
}
