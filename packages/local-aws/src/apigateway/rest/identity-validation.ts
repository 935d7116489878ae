import { AwsError } from '../../core/aws-error.ts';
import { compileJavaPattern } from '../../core/java-pattern.ts';
import { PatternError } from '../../core/linear-pattern.ts';

/**
 * Compiles an authorizer's `IdentityValidationExpression`; every token passes where there is none.
 * @throws AwsError BadRequestException naming what the pattern may not have
 */
export function compileIdentityValidation(expression: string | undefined): (token: string) => boolean {
  if (expression === undefined || expression === '') return () => true;
  const pattern = unlessPatternError(
    () => compileJavaPattern(expression),
    ({ message }) => {
      throw new AwsError('BadRequestException', `Invalid identity validation expression: ${message}`);
    },
  );
  return (token) =>
    unlessPatternError(
      () => pattern.matchesWhole(token),
      () => false,
    );
}

function unlessPatternError<T>(run: () => T, otherwise: (error: PatternError) => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof PatternError) return otherwise(error);
    throw error;
  }
}
