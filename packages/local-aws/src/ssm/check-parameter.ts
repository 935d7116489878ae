import { AwsError } from '../core/aws-error.ts';
import { compileJavaPattern } from '../core/java-pattern.ts';
import { PatternError } from '../core/linear-pattern.ts';
import type { ParameterVersion } from './parameter.ts';
import { validation } from './parameter-error.ts';

const maxNameLength = 1011;
const maxLevels = 15;
const maxValueBytes = { Standard: 4096, Advanced: 8192, 'Intelligent-Tiering': 8192 } as const;

/** @throws AwsError for a name that Parameter Store does not take */
export function checkName(name: string): void {
  const requirements =
    'can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_';
  if (!/^[\w.\-/]+$/.test(name) || /^\/?ssm/i.test(name) || name.includes('//') || name.endsWith('/')) {
    throw validation(`Parameter name: ${requirements}`);
  }
  if (/^\/?aws/i.test(name)) {
    throw new AwsError('AccessDeniedException', `No access to reserved parameter name: ${name}.`);
  }
  if (name.includes('/') && !name.startsWith('/')) throw validation('Parameter name must be a fully qualified name.');
  if (name.length > maxNameLength) {
    throw validation(`Parameter name: the length of the ARN exceeds the limit of ${maxNameLength} characters.`);
  }
  if (name.split('/').length - 1 > maxLevels) {
    throw new AwsError(
      'HierarchyLevelLimitExceededException',
      `Hierarchy level limit exceeded. A hierarchy can have a maximum of ${maxLevels} levels.`,
    );
  }
}

/** @throws AwsError for a value that does not fit the tier or the pattern of the parameter */
export function checkValue({
  value,
  tier,
  allowedPattern,
}: Pick<ParameterVersion, 'value' | 'tier' | 'allowedPattern'>): void {
  if (value === '') {
    throw validation(
      "1 validation error detected: Value at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1.",
    );
  }
  if (value.length > maxValueBytes[tier]) {
    throw validation(
      tier === 'Standard'
        ? 'Standard tier parameters support a maximum parameter value of 4096 characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier. For more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html'
        : 'Advanced tier parameters support a maximum parameter value of 8192 characters.',
    );
  }
  if (allowedPattern !== undefined && !matches(allowedPattern, value)) {
    throw new AwsError(
      'ParameterPatternMismatchException',
      `Parameter value, cannot be validated against allowedPattern: ${allowedPattern}`,
    );
  }
}

function matches(pattern: string, value: string): boolean {
  try {
    return compileJavaPattern(pattern).matchesWhole(value);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw new AwsError(
      'InvalidAllowedPatternException',
      `The request does not meet the regular expression requirement: ${error.message}`,
    );
  }
}
