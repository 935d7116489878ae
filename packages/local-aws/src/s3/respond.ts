import type { AwsRequest, AwsResponse } from '../core/aws-api.ts';

export function xml(request: AwsRequest, content: string): AwsResponse {
  return respond(request, 200, 'application/xml', `<?xml version="1.0" encoding="UTF-8"?>\n${content}`);
}

export function respond(
  request: AwsRequest,
  status: number,
  type: string | undefined,
  body: AwsResponse['body'],
): AwsResponse {
  return {
    status,
    headers: { 'x-amz-request-id': request.requestId, ...(type === undefined ? {} : { 'content-type': type }) },
    body,
  };
}
