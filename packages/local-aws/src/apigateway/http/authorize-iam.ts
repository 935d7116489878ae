import { accountId } from '../../core/arn.ts';
import type { CredentialStore } from '../../core/credentials.ts';
import { type PolicyCheck, signerOf } from '../signed-caller.ts';
import { executeApiArn } from './call-lambda.ts';
import type { Exchange, Identity } from './exchange.ts';
import { GatewayError } from './gateway-error.ts';
import { headerOf, queryOf } from './http-request.ts';

/**
 * AWS_IAM authorization: a request signed for `execute-api` by someone who may invoke the route. Who signed is read
 * from the access key.
 */
export function authorizeIam(
  credentials: Pick<CredentialStore, 'principalOf'>,
  isAllowed: PolicyCheck,
): (exchange: Exchange) => Promise<Identity> {
  return async (exchange) => {
    const { region, apiId, stage, request } = exchange;
    const accessKey = signerOf(headerOf(request, 'authorization'), (name) => queryOf(request, name));
    if (accessKey === undefined) throw accessDenied('the request is not signed for execute-api');
    if (request.presignFault !== undefined) throw accessDenied(request.presignFault);
    const principal = credentials.principalOf(accessKey);
    const resource = executeApiArn(region, apiId, stage.stageName, `${request.method}${request.path}`);
    if (!(await isAllowed({ principal, action: 'execute-api:Invoke', resource }))) {
      throw accessDenied(`${accessKey} is not allowed to invoke ${resource}`);
    }
    const userArn = principal.kind === 'service' ? principal.service : principal.arn;
    return { kind: 'iam', accessKey, accountId, userArn, userId: accessKey };
  };
}

function accessDenied(reason: string): GatewayError {
  return new GatewayError('ACCESS_DENIED', reason);
}
