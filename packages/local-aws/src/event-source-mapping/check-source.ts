import * as z from 'zod';
import { parseArn } from '../core/arn.ts';
import type { AwsClient } from '../core/aws-client.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Principal } from '../core/principal.ts';
import { queueUrl } from '../event-sources/queue-client.ts';
import { queryCodeOf } from '../sqs/sqs-error.ts';
import type { Mapping } from './mapping.ts';
import { invalidParameter } from './mapping-settings.ts';

/** Tells whether a role may do something, without doing it. */
export type Allows = (principal: Principal, action: string, resourceArn: string) => boolean;

export type SourceCheck = {
  readonly aws: AwsClient;
  readonly principal: Principal;
  readonly allows: Allows;
  /** The function's. */
  readonly timeoutSeconds: number;
};

const queueSchema = z.object({ Attributes: z.object({ VisibilityTimeout: z.string() }) });

/** The queue exists, the role may poll it, and it hides messages for as long as the function runs. @throws AwsError */
export async function checkQueue({ eventSourceArn }: Mapping, check: SourceCheck): Promise<void> {
  const { aws, principal, allows, timeoutSeconds } = check;
  for (const action of ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes']) {
    if (!allows(principal, `sqs:${action}`, eventSourceArn)) throw missingQueuePermission(action);
  }
  const input = { QueueUrl: queueUrl(eventSourceArn), AttributeNames: ['VisibilityTimeout'] };
  const region = parseArn(eventSourceArn)?.region ?? '';
  let answer: unknown;
  try {
    answer = await aws({ service: 'sqs', action: 'GetQueueAttributes', input, principal, region });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    if (isAccessDenied(error)) throw missingQueuePermission('GetQueueAttributes');
    throw invalidParameter(
      `Error occurred while ReceiveMessage. SQS Error Code: ${queryCodeOf(error)}. SQS Error Message: ${error.message}`,
    );
  }
  const visibility = queueSchema.parse(answer).Attributes.VisibilityTimeout;
  if (Number(visibility) < timeoutSeconds) {
    throw invalidParameter(
      `Queue visibility timeout: ${visibility} seconds is less than Function timeout: ${timeoutSeconds} seconds`,
    );
  }
}

/** The stream exists and the role may read it. @throws AwsError */
export async function checkStream({ eventSourceArn }: Mapping, check: SourceCheck): Promise<void> {
  const { aws, principal, allows } = check;
  for (const action of ['GetRecords', 'GetShardIterator', 'DescribeStream']) {
    if (!allows(principal, `dynamodb:${action}`, eventSourceArn)) throw missingStreamPermission(eventSourceArn);
  }
  const region = parseArn(eventSourceArn)?.region ?? '';
  const input = { StreamArn: eventSourceArn };
  try {
    await aws({ service: 'dynamodbstreams', action: 'DescribeStream', input, principal, region });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw isAccessDenied(error)
      ? missingStreamPermission(eventSourceArn)
      : invalidParameter(`Stream not found: ${eventSourceArn}`);
  }
}

function isAccessDenied({ code }: AwsError): boolean {
  return code === 'AccessDenied' || code === 'AccessDeniedException';
}

function missingQueuePermission(action: string): AwsError {
  return invalidParameter(`The provided execution role does not have permissions to call ${action} on SQS`);
}

function missingStreamPermission(streamArn: string): AwsError {
  return invalidParameter(
    `Cannot access stream ${streamArn}. Please ensure the role can perform the GetRecords, GetShardIterator, DescribeStream, and ListStreams Actions on your stream in IAM.`,
  );
}
