import { defaultRegion, parseArn } from '../core/arn.ts';
import type { AwsApi } from '../core/aws-api.ts';

const linkedActions = new Set(['ConfirmSubscription', 'Unsubscribe']);

/**
 * Lets SNS answer the links of its emails and confirmation requests, which have no signature and so look like requests
 * to S3. A link holds a random token or subscription ARN, so that it cannot be guessed. Its ARN names the region.
 */
export function withSnsLinks(s3: AwsApi, snsOf: (resourceArn: string) => AwsApi): AwsApi {
  return (request) => {
    const { query } = request;
    if (!linkedActions.has(query.get('Action') ?? '')) return s3(request);
    const resourceArn = query.get('TopicArn') ?? query.get('SubscriptionArn') ?? '';
    return snsOf(resourceArn)({ ...request, region: parseArn(resourceArn)?.region || defaultRegion });
  };
}
