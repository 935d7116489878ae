import { accountId, arn } from '../core/arn.ts';
import { AwsError } from '../core/aws-error.ts';

export type FunctionReference = {
  readonly name: string;
  /** From an ARN; undefined when only the name was given. */
  readonly region: string | undefined;
  readonly qualifier: string | undefined;
};

const pattern =
  /^(?:arn:aws[a-zA-Z-]*:lambda:)?(?:([a-z]{2}(?:-[a-z]+)+-\d):)?(?:(\d{12}):)?(?:function:)?([a-zA-Z0-9-_]{1,140})(?::(\$LATEST|[a-zA-Z0-9-_]+))?$/;

/** What AWS shows of its own pattern when a name does not match. */
const shownPattern = String.raw`(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?`;

/** Reads `name`, `name:qualifier`, a partial ARN or an ARN. @throws AwsError ValidationException */
export function parseFunctionName(text: string, qualifier?: string): FunctionReference {
  const match = pattern.exec(text);
  if (match === null) throw constraintError(text, 'functionName', `regular expression pattern: ${shownPattern}`);
  const [, region, , name = '', inName] = match;
  if (inName !== undefined && qualifier !== undefined && inName !== qualifier) {
    throw new AwsError(
      'InvalidParameterValueException',
      'The derived qualifier from the function name does not match the specified qualifier.',
    );
  }
  return { name, region, qualifier: qualifier ?? inName };
}

export function functionArn(region: string, name: string, qualifier?: string): string {
  return arn('lambda', region, `function:${name}${qualifier === undefined ? '' : `:${qualifier}`}`, accountId);
}

/** The answer to a member that breaks a constraint of the API's model. */
export function constraintError(value: unknown, member: string, constraint: string): AwsError {
  const verb = /^(?:length|value) /.test(constraint) ? 'have' : 'satisfy';
  return new AwsError(
    'ValidationException',
    `1 validation error detected: Value '${String(value)}' at '${member}' failed to satisfy constraint: Member must ${verb} ${constraint}`,
  );
}
