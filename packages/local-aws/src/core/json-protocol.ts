import type { AwsApi, AwsRequest, AwsResponse } from './aws-api.ts';
import { AwsError, unsupportedOperation } from './aws-error.ts';
import type { JsonObject } from './json.ts';
import { readJsonObject } from './read-json.ts';

/** What an action of a service gets besides its input. */
export type ActionContext = Pick<AwsRequest, 'requestId' | 'region' | 'principal' | 'headers'>;
/** One action: what it gives becomes the JSON body. @throws AwsError, which becomes the error of the protocol */
export type JsonAction = (input: JsonObject, context: ActionContext) => Promise<object> | object;

/**
 * An AWS JSON 1.0 or 1.1 service: `X-Amz-Target: <prefix>.<Action>`, a JSON object in and out.
 *
 * @param name the service as shown in errors
 * @param version of the protocol; it decides the content type
 */
export function jsonApi(name: string, version: '1.0' | '1.1', actions: Readonly<Record<string, JsonAction>>): AwsApi {
  return async (request) => {
    try {
      const action = request.headers['x-amz-target']?.split('.').at(-1) ?? '';
      const handler = Object.hasOwn(actions, action) ? actions[action] : undefined;
      if (handler === undefined) throw unsupportedOperation(name, action || '(no X-Amz-Target)');
      return jsonResponse(request, version, 200, await handler(readJsonObject(request.body), request));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return jsonErrorResponse(request, version, error);
    }
  };
}

function jsonResponse(request: AwsRequest, version: string, status: number, body: object): AwsResponse {
  return {
    status,
    headers: { 'content-type': `application/x-amz-json-${version}`, 'x-amzn-requestid': request.requestId },
    body: JSON.stringify(body),
  };
}

/** The error with its code in `__type` and its message in both spellings that SDKs look for. */
export function jsonErrorResponse(request: AwsRequest, version: '1.0' | '1.1', error: AwsError): AwsResponse {
  return jsonResponse(request, version, error.status, {
    ...error.members,
    __type: error.code,
    message: error.message,
    Message: error.message,
  });
}
