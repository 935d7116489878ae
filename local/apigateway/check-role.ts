import { configurationError } from './gateway-error.ts';

/** Whether a role lets API Gateway assume it. */
export type MayAssume = (roleArn: string) => boolean;

/** API Gateway takes a role at each request. @throws GatewayError 500, with the reason in the execution log alone */
export function checkRole(roleArn: string, mayAssume: MayAssume): void {
  if (!mayAssume(roleArn)) {
    throw configurationError(`API Gateway does not have permission to assume the provided role ${roleArn}`);
  }
}
