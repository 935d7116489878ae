import { AwsError } from '../core/aws-error.ts';
import type { Target } from './function-store.ts';

/** The account's default quota, which also bounds how many invocations may wait here. */
export const accountConcurrency = 1000;

/** How many invocations run or wait: in all, of one function, and by one name of it, qualifier and all. */
export type Level = { readonly all: number; readonly ofFunction: number; readonly ofResource: number };

/** Counts invocations that run or wait, and refuses what AWS would throttle. */
export class Concurrency {
  /** By the name of a function and by the ARN that was asked for. */
  readonly #running = new Map<string, number>();
  #total = 0;

  /** @throws AwsError TooManyRequestsException */
  enter({ record: { name, reservedConcurrency }, arn }: Target): Level {
    if (reservedConcurrency !== undefined && (this.#running.get(name) ?? 0) >= reservedConcurrency) {
      throw throttled('ReservedFunctionConcurrentInvocationLimitExceeded');
    }
    if (this.#total >= accountConcurrency) throw throttled('ConcurrentInvocationLimitExceeded');
    this.#total += 1;
    return { all: this.#total, ofFunction: this.#add(name, 1), ofResource: this.#add(arn, 1) };
  }

  /** The names of the functions of which invocations run or wait. */
  runningFunctions(): readonly string[] {
    return [...this.#running.keys()].filter((key) => !key.startsWith('arn:'));
  }

  leave({ record: { name }, arn }: Target): void {
    this.#total -= 1;
    this.#add(name, -1);
    this.#add(arn, -1);
  }

  #add(key: string, change: 1 | -1): number {
    const running = (this.#running.get(key) ?? 0) + change;
    if (running > 0) this.#running.set(key, running);
    else this.#running.delete(key);
    return running;
  }
}

function throttled(reason: string): AwsError {
  return new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429, { Reason: reason, Type: 'User' });
}
