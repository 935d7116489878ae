import type { Exchange, Identity } from './exchange.ts';
import type { Authorizer } from './model.ts';

/** One kind of authorizer: finds out who calls. @throws GatewayError 401, 403 or 500 */
export type Authorize = (exchange: Exchange, authorizer: Authorizer) => Promise<Identity>;
