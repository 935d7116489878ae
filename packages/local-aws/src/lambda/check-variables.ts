import { AwsError } from '../core/aws-error.ts';

const maxVariablesBytes = 4096;

const reservedVariables = new Set([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_DEFAULT_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_LAMBDA_RUNTIME_API',
  'AWS_REGION',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'LAMBDA_RUNTIME_DIR',
  'LAMBDA_TASK_ROOT',
]);

/** @throws AwsError as AWS refuses environment variables */
export function checkVariables(variables: Readonly<Record<string, string>>): void {
  const names = Object.keys(variables);
  if (names.includes('AWS_LAMBDA_EXEC_WRAPPER')) {
    throw new AwsError(
      'InvalidParameterValueException',
      'The local endpoint does not run the wrapper scripts that AWS_LAMBDA_EXEC_WRAPPER names.',
    );
  }
  const reserved = names.filter((name) => reservedVariables.has(name));
  const refusal =
    'Lambda was unable to configure your environment variables because the environment variables you have provided';
  if (reserved.length > 0) {
    throw new AwsError(
      'InvalidParameterValueException',
      `${refusal} contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(', ')}`,
    );
  }
  const malformed = names.find((name) => !/^[a-zA-Z]\w+$/.test(name));
  if (malformed !== undefined) {
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value '${malformed}' at 'environment.variables' failed to satisfy constraint: Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]`,
    );
  }
  const measured = JSON.stringify(variables);
  if (Buffer.byteLength(measured) > maxVariablesBytes) {
    throw new AwsError(
      'InvalidParameterValueException',
      `${refusal} exceeded the 4KB limit. String measured: ${measured}`,
    );
  }
}
