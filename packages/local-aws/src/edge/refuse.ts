import type { AwsRequest, AwsResponse } from '../core/aws-api.ts';
import { AwsError } from '../core/aws-error.ts';
import { jsonErrorResponse } from '../core/json-protocol.ts';
import { escapeXml, queryErrorResponse } from '../core/query-protocol.ts';

/** Services that speak REST with XML, besides S3. */
const xmlServices = new Set(['cloudfront', 'route53', 's3control']);

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
  if (request.service === 'ec2') return ec2Error(request, error);
  if (isQueryCall(request) || xmlServices.has(request.service)) return queryErrorResponse(request, '', error);
  const answer = jsonErrorResponse(request, '1.1', error);
  return { ...answer, headers: { ...answer.headers, 'x-amzn-errortype': error.code } };
}

/** The Query protocol of EC2 has an error format of its own. */
function ec2Error({ requestId }: AwsRequest, { status, code, message }: AwsError): AwsResponse {
  return {
    status,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
    body:
      `<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error><Code>${escapeXml(code)}</Code>` +
      `<Message>${escapeXml(message)}</Message></Error></Errors><RequestID>${requestId}</RequestID></Response>`,
  };
}

/** Each region that is used has services of its own, so that a name which is none must not make them. */
export function unknownRegion(request: AwsRequest): AwsError {
  const code = isQueryCall(request) || request.service === 's3' ? 'SignatureDoesNotMatch' : 'InvalidSignatureException';
  return new AwsError(code, `Credential should be scoped to a valid region, not '${request.region}'.`, 403);
}

export function isQueryCall({ headers, query }: Pick<AwsRequest, 'headers' | 'query'>): boolean {
  return (headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false) || query.has('Action');
}
