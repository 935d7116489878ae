import { accountId } from '../../core/arn.ts';
import type { CredentialStore } from '../../core/credentials.ts';
import { type PolicyCheck, signerOf } from '../signed-caller.ts';
import { refuse, type Verdict } from './authorize.ts';
import { executeApiArn } from './call-function.ts';
import type { Exchange } from './exchange.ts';
import { headerOf, queryOf } from './http-request.ts';

/**
 * AWS_IAM authorization: a request signed for `execute-api` by someone who may invoke the route. Who signed is read
 * from the access key.
 */
export function authorizeIam(
  credentials: Pick<CredentialStore, 'principalOf'>,
  isAllowed: PolicyCheck,
): (exchange: Exchange) => Promise<Verdict> {
  return async (exchange) => {
    const { region, apiId, stage, request } = exchange;
    const accessKey = signerOf(headerOf(request, 'authorization'), (name) => queryOf(request, name));
    if (accessKey === undefined) return refuse(403, 'the request is not signed for execute-api');
    if (request.presignFault !== undefined) return refuse(403, request.presignFault);
    const principal = credentials.principalOf(accessKey);
    const resource = executeApiArn(region, apiId, stage.stageName, `${request.method}${request.path}`);
    if (!(await isAllowed({ principal, action: 'execute-api:Invoke', resource }))) {
      return refuse(403, `${accessKey} is not allowed to invoke ${resource}`);
    }
    const userArn = principal.kind === 'service' ? principal.service : principal.arn;
    return { allowed: true, identity: { kind: 'iam', accessKey, accountId, userArn, userId: accessKey } };
  };
}
