import { provisionedOf, unreservedMinimum } from './check-provisioned.ts';
import { accountConcurrency } from './concurrency.ts';
import { constraintError } from './function-name.ts';
import type { FunctionRecord } from './function-record.ts';
import type { FunctionStore } from './function-store.ts';
import { invalidParameter } from './rest-input.ts';

export function reserveConcurrency(
  functions: FunctionStore,
  record: FunctionRecord,
  reserved: number | undefined,
): void {
  checkReservation(functions, record.name, reserved);
  record.reservedConcurrency = reserved;
  functions.changed();
}

/** @throws AwsError when too little would be left for functions without a reservation */
export function checkReservation(functions: FunctionStore, name: string, reserved: number | undefined): void {
  if (reserved === undefined) return;
  if (reserved < 0) {
    throw constraintError(reserved, 'reservedConcurrentExecutions', 'value greater than or equal to 0');
  }
  const others = functions.all().filter((other) => other.name !== name);
  const total = others.reduce((sum, other) => sum + (other.reservedConcurrency ?? 0), reserved);
  const provisioned = provisionedOf(functions.find(name));
  if (reserved < provisioned) {
    throw invalidParameter(
      ` ReservedConcurrentExecutions  ${reserved} should not be lower than function's total provisioned concurrency [${provisioned}].`,
    );
  }
  if (total > accountConcurrency - unreservedMinimum) {
    throw invalidParameter(
      "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
    );
  }
}
