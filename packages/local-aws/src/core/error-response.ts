import type { AwsRequest, AwsResponse } from './aws-api.ts';
import { AwsError } from './aws-error.ts';
import { jsonErrorResponse } from './json-protocol.ts';
import { escapeXml, queryErrorResponse } from './query-protocol.ts';
import { restErrorResponse } from './rest-protocol.ts';

const restServices = new Set(['apigateway', 'lambda', 'pipes', 'scheduler']);

const sqsQueryCodes: Readonly<Record<string, string>> = {
  AccessDeniedException: 'AccessDenied',
  KmsAccessDenied: 'KMS.AccessDeniedException',
  KmsDisabled: 'KMS.DisabledException',
  KmsInvalidState: 'KMS.InvalidStateException',
  KmsNotFound: 'KMS.NotFoundException',
};

/** An error in the protocol of the call, for answers in place of a service. */
export function errorResponse(request: AwsRequest, error: AwsError): AwsResponse {
  const { service, headers } = request;
  if (service === 's3') return s3ErrorResponse(request, error);
  if (restServices.has(service)) return restErrorResponse(request, error);
  // SQS has other names for them in the Query protocol, and tells them to clients of the JSON protocol too.
  const queryCode = service === 'sqs' ? sqsQueryCodes[error.code] : undefined;
  const queryError = queryCode === undefined ? error : new AwsError(queryCode, error.message, error.status);
  if (headers['x-amz-target'] === undefined) return queryErrorResponse(request, '', queryError);
  const response = jsonErrorResponse(request, headers['content-type']?.includes('1.1') ? '1.1' : '1.0', error);
  if (service !== 'sqs') return response;
  const fault = error.status < 500 ? 'Sender' : 'Receiver';
  return { ...response, headers: { ...response.headers, 'x-amzn-query-error': `${queryError.code};${fault}` } };
}

/** An error of S3, whose answers to HEAD have no body. */
export function s3ErrorResponse({ requestId, method, path }: AwsRequest, error: AwsError): AwsResponse {
  const headers = { 'x-amz-request-id': requestId };
  if (method === 'HEAD') return { status: error.status, headers, body: '' };
  return {
    status: error.status,
    headers: { ...headers, 'content-type': 'application/xml' },
    body:
      '<?xml version="1.0" encoding="UTF-8"?>\n' +
      `<Error><Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message>${membersOf(error)}` +
      `<Resource>${escapeXml(path)}</Resource><RequestId>${requestId}</RequestId></Error>`,
  };
}

function membersOf({ members }: AwsError): string {
  return Object.entries(members)
    .map(([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`)
    .join('');
}
