import { compileJavaPattern } from '../core/java-pattern.ts';
import type { JsonValue } from '../core/json.ts';
import { PatternError } from '../core/linear-pattern.ts';
import type { ParameterDeclaration, Template } from './template.ts';
import { templateError } from './template-error.ts';

/** What a caller says about one parameter. */
export type ParameterInput = {
  readonly ParameterKey: string;
  readonly ParameterValue?: string | undefined;
  readonly UsePreviousValue?: boolean | undefined;
};

/** Raw values by name, as given or by default. */
export type ParameterValues = Readonly<Record<string, string>>;

/** @throws AwsError ValidationError as CloudFormation words it */
export function parameterValues(
  template: Template,
  inputs: readonly ParameterInput[],
  previous: ParameterValues = {},
): ParameterValues {
  const unknown = inputs.map(({ ParameterKey }) => ParameterKey).filter((name) => !template.parameters.has(name));
  if (unknown.length > 0) throw templateError(`Parameters: [${unknown.join(', ')}] do not exist in the template`);

  const given = new Map(inputs.map((input) => [input.ParameterKey, givenValue(input, previous)]));
  const missing: string[] = [];
  const values: [string, string][] = [];
  for (const [name, declaration] of template.parameters) {
    const value = given.get(name) ?? declaration.Default;
    if (value === undefined) missing.push(name);
    else {
      check(name, declaration, value);
      values.push([name, value]);
    }
  }
  if (missing.length > 0) throw templateError(`Parameters: [${missing.join(', ')}] must have values`);
  return Object.fromEntries(values);
}

function givenValue(
  { ParameterKey, ParameterValue, UsePreviousValue }: ParameterInput,
  previous: ParameterValues,
): string | undefined {
  if (UsePreviousValue !== true) return ParameterValue;
  if (ParameterValue !== undefined && ParameterValue !== '') {
    throw templateError(
      `Invalid input for parameter key ${ParameterKey}. Cannot specify usePreviousValue as true and non empty value for a parameter`,
    );
  }
  if (!Object.hasOwn(previous, ParameterKey)) {
    throw templateError(
      `Invalid input for parameter key ${ParameterKey}. Cannot specify usePreviousValue as true for a parameter key not in the previous template`,
    );
  }
  return previous[ParameterKey];
}

/** CloudFormation's quota. */
const maxValueBytes = 4096;

function check(name: string, declaration: ParameterDeclaration, value: string): void {
  if (Buffer.byteLength(value) > maxValueBytes) {
    throw templateError(
      `1 validation error detected: Value at 'parameters.${name}.member.parameterValue' failed to satisfy constraint: Member must have length less than or equal to ${maxValueBytes}`,
    );
  }
  const { Type: type } = declaration;
  const fail = (constraint: string): never => {
    throw templateError(
      declaration.ConstraintDescription === undefined
        ? `Parameter '${name}' ${constraint}`
        : `Parameter ${name} failed to satisfy constraint: ${declaration.ConstraintDescription}`,
    );
  };
  const parts = isList(type) && parameterStoreType(type) === undefined ? listItems(value) : [value];
  if (declaration.AllowedValues !== undefined && !parts.every((part) => declaration.AllowedValues?.includes(part))) {
    fail('must be one of AllowedValues');
  }
  switch (type) {
    case 'Number':
    case 'List<Number>':
      for (const part of parts) checkNumber(declaration, part, fail);
      return;
    default:
      checkText(name, declaration, value, fail);
  }
}

type Fail = (constraint: string) => never;

function checkNumber({ MinValue, MaxValue }: ParameterDeclaration, text: string, fail: Fail): void {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) fail('must be a number.');
  if (MinValue !== undefined && value < MinValue) fail(`must be a number not less than ${MinValue}`);
  if (MaxValue !== undefined && value > MaxValue) fail(`must be a number not greater than ${MaxValue}`);
}

function checkText(name: string, declaration: ParameterDeclaration, value: string, fail: Fail): void {
  const { MinLength, MaxLength, AllowedPattern } = declaration;
  if (MinLength !== undefined && value.length < MinLength) fail(`must contain at least ${MinLength} characters`);
  if (MaxLength !== undefined && value.length > MaxLength) fail(`must contain at most ${MaxLength} characters`);
  if (AllowedPattern !== undefined && !matchesPattern(name, AllowedPattern, value)) {
    fail(`must match pattern ${AllowedPattern}`);
  }
}

function matchesPattern(name: string, pattern: string, value: string): boolean {
  try {
    return compileJavaPattern(pattern).matchesWhole(value);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw templateError(`Parameter ${name}: AllowedPattern: ${error.message}`);
  }
}

function isList(declared: string): boolean {
  const type = parameterStoreType(declared) ?? declared;
  return type === 'CommaDelimitedList' || type.startsWith('List<');
}

/** The type of the value of a parameter whose own value is a name in Parameter Store; undefined for the others. */
export function parameterStoreType(declared: string): string | undefined {
  return /^AWS::SSM::Parameter::Value<(.+)>$/.exec(declared)?.[1];
}

/**
 * The values that Parameter Store has for the parameters of type `AWS::SSM::Parameter::Value<…>`.
 *
 * @param lookUp gives undefined for a name that Parameter Store does not know
 * @throws AwsError ValidationError that names the parameters without a value
 */
export function storedValues(
  template: Template,
  given: ParameterValues,
  lookUp: (name: string) => { readonly value: string; readonly type: string } | undefined,
): ParameterValues {
  const stored = [...template.parameters]
    .filter(([, { Type }]) => parameterStoreType(Type) !== undefined)
    .map(([name]) => {
      const reference = given[name] ?? '';
      return { name, reference, found: lookUp(reference) };
    });
  const missing = stored.filter(({ found }) => found === undefined).map(({ reference }) => reference);
  if (missing.length > 0) {
    throw templateError(`Unable to fetch parameters [${missing.join(',')}] from parameter store for this account.`);
  }
  const secure = stored.filter(({ found }) => found?.type === 'SecureString').map(({ reference }) => reference);
  if (secure.length > 0) {
    throw templateError(
      `Parameters [${secure.join(',')}] referenced by template have types not supported by CloudFormation.`,
    );
  }
  return Object.fromEntries(stored.map(({ name, found }) => [name, found?.value ?? '']));
}

function listItems(value: string): string[] {
  return value === '' ? [] : value.split(',').map((item) => item.trim());
}

/** What `Ref` yields for a parameter: text, or the items of a list. */
export function parameterReference(declaration: ParameterDeclaration, value: string): JsonValue {
  return isList(declaration.Type) ? listItems(value) : value;
}
