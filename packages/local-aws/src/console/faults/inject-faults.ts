import type { AwsApi } from '../../core/aws-api.ts';
import { AwsError } from '../../core/aws-error.ts';
import { errorResponse } from '../../core/error-response.ts';
import type { LambdaInvoker } from '../../core/lambda-invoker.ts';
import type { ApiFrontend } from '../../core/web.ts';
import { describeCall } from '../trace/describe-call.ts';
import type { Faults } from './faults.ts';

/** Puts the faults in front of an API. */
export function faultyApi(faults: Faults, api: AwsApi): AwsApi {
  return async (request) => {
    if (faults.isEmpty) return api(request);
    try {
      await faults.apply(describeCall(request));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return errorResponse(request, error);
    }
    return api(request);
  };
}

/** Puts the faults of `lambda` in front of what calls functions without the API. */
export function faultyInvoker(faults: Faults, invoker: LambdaInvoker): LambdaInvoker {
  return {
    invoke: async (request) => {
      if (!faults.isEmpty) {
        const resource = request.functionName.split(':function:').at(-1)?.split(':')[0] ?? request.functionName;
        await faults.apply({ service: 'lambda', operation: 'Invoke', resource });
      }
      return invoker.invoke(request);
    },
  };
}

/** Puts the faults of `apigateway` in front of deployed APIs. The resource is the id of an API. */
export function faultyFrontend(faults: Faults, frontend: ApiFrontend): ApiFrontend {
  return {
    has: (apiId) => frontend.has(apiId),
    execute: async (request) => {
      if (faults.isEmpty) return frontend.execute(request);
      try {
        const operation = `${request.method} ${request.path}`;
        await faults.apply({ service: 'apigateway', resource: request.apiId, operation });
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        const headers = [['content-type', 'application/json']] as const;
        return { status: error.status, headers, body: JSON.stringify({ message: error.message }) };
      }
      return frontend.execute(request);
    },
  };
}
