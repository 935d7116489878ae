import { AwsError } from '../core/aws-error.ts';

/** What CloudFormation answers to a template, a parameter or a state that it cannot work with. */
export function templateError(message: string): AwsError {
  return new AwsError('ValidationError', message);
}

/** What the endpoint answers to an attribute of a resource that CloudFormation has and it has not. */
export function unsupportedAttribute(logicalId: string, type: string, attribute: string): AwsError {
  return templateError(
    `Resource ${logicalId} (${type}): ${attribute} is not supported by the local endpoint. See the support matrix of local-aws.`,
  );
}
