import type { AwsRequest, AwsResponse } from '../core/aws-api.ts';
import type { AwsError } from '../core/aws-error.ts';
import { jsonErrorResponse } from '../core/json-protocol.ts';
import { escapeXml, queryErrorResponse } from '../core/query-protocol.ts';

/** Renders what the edge refuses in the protocol of the service that was called, so that SDKs show the message. */
export function refuseCall(request: AwsRequest, error: AwsError): AwsResponse {
  if (request.service === 's3') {
    return {
      status: error.status,
      headers: { 'content-type': 'application/xml', 'x-amz-request-id': request.requestId },
      body:
        `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${escapeXml(error.code)}</Code>` +
        `<Message>${escapeXml(error.message)}</Message><RequestId>${request.requestId}</RequestId></Error>`,
    };
  }
  if (isQueryCall(request)) return queryErrorResponse(request, '', error);
  const answer = jsonErrorResponse(request, '1.1', error);
  return { ...answer, headers: { ...answer.headers, 'x-amzn-errortype': error.code } };
}

export function isQueryCall({ headers, query }: Pick<AwsRequest, 'headers' | 'query'>): boolean {
  return (headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false) || query.has('Action');
}
