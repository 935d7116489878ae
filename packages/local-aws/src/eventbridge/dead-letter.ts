import type { AwsError } from '../core/aws-error.ts';
import type { Delivery, DeliveryFailure } from '../target-delivery/delivery.ts';

type DeadLetter = Pick<Delivery, 'targetArn' | 'attempts'> & { readonly rule: { readonly arn: string } };

/** The message attributes with which EventBridge sends an event to a dead-letter queue. */
export function deadLetterAttributes(
  { rule, targetArn, attempts }: DeadLetter,
  { error, exhausted }: DeliveryFailure,
): Record<string, string> {
  return {
    RULE_ARN: rule.arn,
    TARGET_ARN: targetArn,
    ERROR_CODE: deadLetterCode(error),
    ERROR_MESSAGE: error.message,
    ...(exhausted !== undefined && { EXHAUSTED_RETRY_CONDITION: exhausted }),
    RETRY_ATTEMPTS: String(Math.max(0, attempts - 1)),
  };
}

/** EventBridge's own name of a kind of error. */
export function deadLetterCode({ code, status }: AwsError): string {
  if (code === 'FailedToAssumeRole') return 'FAILED_TO_ASSUME_ROLE';
  if (/AccessDenied|AuthorizationError|NotAuthorized/.test(code)) return 'NO_PERMISSIONS';
  if (/NotFound|NonExistent|DoesNotExist/.test(code)) return 'NO_RESOURCE';
  if (/Throttl|TooManyRequests|LimitExceeded/.test(code) || status === 429) return 'THROTTLING';
  if (/InvalidRequestContent/.test(code)) return 'INVALID_JSON';
  if (/^(Validation|Invalid|Missing)/.test(code)) return 'INVALID_PARAMETER';
  return status >= 500 ? 'ERROR_FROM_TARGET' : 'SDK_CLIENT_ERROR';
}
