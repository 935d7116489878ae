import { AwsError } from '../core/aws-error.ts';
import type { FunctionRecord } from './function-record.ts';

/** The account's default quota, which also bounds how many invocations may wait here. */
export const accountConcurrency = 1000;

/** Counts invocations that run or wait, and refuses what AWS would throttle. */
export class Concurrency {
  readonly #running = new Map<string, number>();
  #total = 0;

  /** @throws AwsError TooManyRequestsException */
  enter({ name, reservedConcurrency }: FunctionRecord): void {
    const running = this.#running.get(name) ?? 0;
    if (reservedConcurrency !== undefined && running >= reservedConcurrency) {
      throw throttled('ReservedFunctionConcurrentInvocationLimitExceeded');
    }
    if (this.#total >= accountConcurrency) throw throttled('ConcurrentInvocationLimitExceeded');
    this.#running.set(name, running + 1);
    this.#total += 1;
  }

  leave({ name }: FunctionRecord): void {
    const running = this.#running.get(name) ?? 0;
    if (running <= 1) this.#running.delete(name);
    else this.#running.set(name, running - 1);
    this.#total -= 1;
  }
}

function throttled(reason: string): AwsError {
  return new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429, { Reason: reason, Type: 'User' });
}
