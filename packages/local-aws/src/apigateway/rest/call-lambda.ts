import { AwsError } from '../../core/aws-error.ts';
import { rolePrincipal } from '../../core/credentials.ts';
import type { InvokeResult, LambdaInvoker } from '../../core/lambda-invoker.ts';
import type { Principal } from '../../core/principal.ts';
import type { Exchange } from './exchange.ts';
import { GatewayError, internalServerError } from './gateway-error.ts';
import { fillStageVariables } from './integration-request.ts';

/** The session name that API Gateway takes roles with. */
export const gatewaySession = 'BackplaneAssumeRoleSession';

type Call = {
  readonly functionArn: string;
  readonly payload: string | Buffer;
  readonly type: 'RequestResponse' | 'Event';
  readonly credentials: string | undefined;
  readonly sourceArn: string;
};

/** Invokes a function as the integration's role, or as API Gateway itself, which the function's policy must let in. */
export async function callLambda(
  lambda: LambdaInvoker,
  exchange: Exchange,
  { functionArn, payload, type, credentials, sourceArn }: Call,
): Promise<InvokeResult> {
  const principal: Principal =
    credentials === undefined
      ? { kind: 'service', service: 'apigateway.amazonaws.com', sourceArn }
      : rolePrincipal(fillStageVariables(credentials, exchange), gatewaySession);
  try {
    return await lambda.invoke({ functionName: functionArn, type, payload, principal, traceId: exchange.traceId });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    // Lambda takes 6 MB, the gateway 10: what lies between is the client's mistake all the same.
    if (error.code === 'RequestTooLargeException') {
      throw new GatewayError('REQUEST_TOO_LARGE', 'Request Too Long', { cause: error.message });
    }
    throw internalServerError(`Execution failed due to configuration error: ${error.message}`, 500);
  }
}
