import { AwsError } from '../core/aws-error.ts';

export function validation(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

/** AWS sends no message with it. */
export function parameterNotFound(): AwsError {
  return new AwsError('ParameterNotFound', '');
}

export function versionNotFound(name: string, selector: string): AwsError {
  return new AwsError(
    'ParameterVersionNotFound',
    `Systems Manager could not find version ${selector} of ${name}. Verify the version and try again.`,
  );
}
