import type { Exchange, Identity } from './exchange.ts';
import type { Authorizer } from './model.ts';

/** An authorizer's word on a request; a refusal is the answer that the client gets. */
export type Verdict =
  | { readonly allowed: true; readonly identity: Identity | undefined }
  | {
      readonly allowed: false;
      readonly status: 401 | 403 | 500;
      readonly headers: readonly (readonly [name: string, value: string])[];
      readonly reason: string;
    };

/** One kind of authorizer. */
export type Authorize = (exchange: Exchange, authorizer: Authorizer) => Promise<Verdict>;

export function refuse(
  status: 401 | 403 | 500,
  reason: string,
  headers: readonly (readonly [name: string, value: string])[] = [],
): Verdict {
  return { allowed: false, status, headers, reason };
}
