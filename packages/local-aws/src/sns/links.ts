import type { AwsApi } from '../core/aws-api.ts';

const linkedActions = new Set(['ConfirmSubscription', 'Unsubscribe']);

/**
 * Lets SNS answer the links of its emails and confirmation requests, which have no signature and so look like requests
 * to S3. A link holds a random token or subscription ARN, so that it cannot be guessed.
 */
export function withSnsLinks(s3: AwsApi, sns: AwsApi): AwsApi {
  return (request) => (linkedActions.has(request.query.get('Action') ?? '') ? sns(request) : s3(request));
}
