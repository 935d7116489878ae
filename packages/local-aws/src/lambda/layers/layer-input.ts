import { AwsError } from '../../core/aws-error.ts';

/** In the order in which AWS lists them. */
const runtimes = [
  ...['nodejs20.x', 'python3.14', 'provided.al2023', 'python3.12', 'python3.13', 'nodejs24.x', 'nodejs22.x', 'java25'],
  ...['python3.10', 'python3.11', 'java21', 'ruby3.3', 'ruby3.4', 'ruby3.2', 'python3.8', 'python3.9', 'java17'],
  ...['nodejs16.x', 'dotnet10', 'dotnet8', 'java11', 'dotnet6', 'nodejs18.x', 'provided.al2', 'java8.al2'],
];
/** Retired runtimes, which layers may still name. */
const retired = /^(?:nodejs1[24]\.x|python3\.7|java8|dotnetcore3\.1|go1\.x|ruby2\.7|provided)$/;
const architectures = ['x86_64', 'arm64'];

type Compatible = {
  readonly CompatibleRuntimes?: readonly string[] | undefined;
  readonly CompatibleArchitectures?: readonly string[] | undefined;
};

/** @throws AwsError ValidationException that names everything that is wrong */
export function checkCompatible({ CompatibleRuntimes = [], CompatibleArchitectures = [] }: Compatible): void {
  const faults = [
    ...(CompatibleRuntimes.every(isRuntime)
      ? []
      : [fault(CompatibleRuntimes, 'compatibleRuntimes', `enum value set: [${runtimes.join(', ')}]`)]),
    ...(CompatibleArchitectures.every((each) => architectures.includes(each))
      ? []
      : [
          fault(
            CompatibleArchitectures,
            'compatibleArchitectures',
            'constraint: [Member must satisfy enum value set: [x86_64, arm64], Member must not be null]',
          ),
        ]),
  ];
  if (faults.length === 0) return;
  const errors = faults.length === 1 ? 'error' : 'errors';
  throw new AwsError('ValidationException', `${faults.length} validation ${errors} detected: ${faults.join('; ')}`);
}

/** What a list of layers is to be compatible with. @throws AwsError ValidationException */
export function checkFilter(runtime: string | undefined, architecture: string | undefined): void {
  if (runtime !== undefined && !isRuntime(runtime)) {
    throw oneFault(`Value '${runtime}' at 'compatibleRuntime'`, runtimes);
  }
  if (architecture !== undefined && !architectures.includes(architecture)) {
    throw oneFault(`Value '${architecture}' at 'compatibleArchitecture'`, architectures);
  }
}

function isRuntime(name: string): boolean {
  return runtimes.includes(name) || retired.test(name);
}

function oneFault(what: string, values: readonly string[]): AwsError {
  return new AwsError(
    'ValidationException',
    `1 validation error detected: ${what} failed to satisfy constraint: Member must satisfy enum value set: [${values.join(', ')}]`,
  );
}

function fault(values: readonly string[], member: string, constraint: string): string {
  return `Value '[${values.join(', ')}]' at '${member}' failed to satisfy constraint: Member must satisfy ${constraint}`;
}
