import { accountId } from '../core/arn.ts';
import type { CredentialStore } from '../core/credentials.ts';
import type { Principal } from '../core/principal.ts';
import { refuse, type Verdict } from './authorize.ts';
import { executeApiArn } from './call-function.ts';
import type { Exchange } from './exchange.ts';
import { headerOf, queryOf } from './http-request.ts';

/** Whether a principal's policies let it do something. */
export type PolicyCheck = (call: {
  readonly principal: Principal;
  readonly action: string;
  readonly resource: string;
}) => boolean | Promise<boolean>;

/**
 * AWS_IAM authorization: a request signed for `execute-api` by someone who may invoke the route. Who signed is read
 * from the access key; the signature itself is not computed, as nowhere in the endpoint.
 */
export function authorizeIam(
  credentials: Pick<CredentialStore, 'principalOf'>,
  isAllowed: PolicyCheck,
): (exchange: Exchange) => Promise<Verdict> {
  return async (exchange) => {
    const accessKey = signerOf(exchange);
    if (accessKey === undefined) return refuse(403, 'the request is not signed for execute-api');
    const principal = credentials.principalOf(accessKey);
    const { region, apiId, stage, request } = exchange;
    const resource = executeApiArn(region, apiId, stage.stageName, `${request.method}${request.path}`);
    if (!(await isAllowed({ principal, action: 'execute-api:Invoke', resource }))) {
      return refuse(403, `${accessKey} is not allowed to invoke ${resource}`);
    }
    const userArn = principal.kind === 'service' ? principal.service : principal.arn;
    return { allowed: true, identity: { kind: 'iam', accessKey, accountId, userArn, userId: accessKey } };
  };
}

function signerOf({ request }: Exchange): string | undefined {
  const authorization = headerOf(request, 'authorization') ?? '';
  const credential =
    /^AWS4-HMAC-SHA256 .*Credential=([^,\s]+).*Signature=/.exec(authorization)?.[1] ??
    queryOf(request, 'X-Amz-Credential') ??
    '';
  const [accessKey, , , service] = credential.split('/');
  return service === 'execute-api' ? accessKey : undefined;
}
