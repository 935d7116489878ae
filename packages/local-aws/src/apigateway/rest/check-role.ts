import { type MayAssume, notAssumable } from '../assume-role.ts';
import { configurationError } from './gateway-error.ts';

/** @throws GatewayError 500, with the reason in the execution log alone */
export function checkRole(roleArn: string, mayAssume: MayAssume): void {
  if (!mayAssume(roleArn)) throw configurationError(notAssumable(roleArn));
}
