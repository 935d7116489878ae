import { accountConcurrency } from './concurrency.ts';
import { conflict } from './function-actions.ts';
import { constraintError } from './function-name.ts';
import type { FunctionRecord } from './function-record.ts';
import type { FunctionStore } from './function-store.ts';
import { invalidParameter } from './rest-input.ts';

/** How much of the account's concurrency must be left for functions without a reservation. */
export const unreservedMinimum = 100;

/** How many environments a function has requested, for all of its versions and aliases but one. */
export function provisionedOf(record: FunctionRecord | undefined, except?: string): number {
  return Object.entries(record?.provisioned ?? {})
    .filter(([qualifier]) => qualifier !== except)
    .reduce((sum, [, { requested }]) => sum + requested, 0);
}

/** @throws AwsError when a qualifier cannot have so many environments */
export function checkProvisioned(
  functions: FunctionStore,
  record: FunctionRecord,
  { qualifier, requested }: { readonly qualifier: string; readonly requested: number },
): void {
  if (requested < 1) {
    throw constraintError(requested, 'provisionedConcurrentExecutions', 'value greater than or equal to 1');
  }
  checkRouting(record, qualifier);
  checkVersion(record, qualifier);
  const total = provisionedOf(record, qualifier) + requested;
  if (record.reservedConcurrency !== undefined) {
    if (total <= record.reservedConcurrency) return;
    throw invalidParameter(
      'Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function',
    );
  }
  const left = unreserved(functions, record, qualifier);
  if (requested > left) {
    throw invalidParameter(
      `Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [${left}].`,
    );
  }
  if (left - requested < unreservedMinimum) {
    throw invalidParameter(
      `Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${unreservedMinimum}].`,
    );
  }
}

/** While an alias has weights, its provisioned concurrency stays as it is. @throws AwsError */
export function checkRouting({ aliases }: FunctionRecord, qualifier: string): void {
  const alias = aliases.find(({ name }) => name === qualifier);
  if (alias === undefined || Object.keys(alias.weights).length === 0) return;
  throw invalidParameter('Invalid alias configuration for Provisioned Concurrency');
}

/** Environments belong to a version, which has them for itself or through its aliases. @throws AwsError */
export function checkVersion({ aliases, provisioned }: FunctionRecord, qualifier: string): void {
  const alias = aliases.find(({ name }) => name === qualifier);
  if (alias === undefined) {
    const pointing = aliases.filter(({ name, version }) => version === qualifier && provisioned[name] !== undefined);
    if (pointing.length > 0) throw conflict('Version is pointed by a Provisioned Concurrency alias');
    return;
  }
  if (alias.version === '$LATEST') throw unpublished();
  if ([alias.version, ...Object.keys(alias.weights)].some((version) => provisioned[version] !== undefined)) {
    throw conflict("Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version");
  }
}

export function unpublished(): Error {
  return invalidParameter('Provisioned Concurrency Configs cannot be applied to unpublished function versions.');
}

/** What the reservations and the provisioned concurrency of the account leave. */
function unreserved(functions: FunctionStore, record: FunctionRecord, qualifier: string): number {
  return functions
    .all()
    .reduce(
      (left, other) =>
        left - (other.reservedConcurrency ?? provisionedOf(other, other === record ? qualifier : undefined)),
      accountConcurrency,
    );
}
