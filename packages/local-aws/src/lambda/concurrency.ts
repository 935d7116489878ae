import { AwsError } from '../core/aws-error.ts';
import type { Target } from './function-store.ts';

/** The account's default quota, which also bounds how many invocations may wait here. */
export const accountConcurrency = 1000;

/** How many environments are provisioned for a version, and for all versions of its function. */
export type Provisioned = { readonly ofVersion: number; readonly ofFunction: number };

/** How many invocations run or wait: in all, of one function, and by one name of it, qualifier and all. */
export type Level = {
  readonly all: number;
  readonly ofFunction: number;
  readonly ofResource: number;
  /** How many use provisioned concurrency, this one included, of how many that could. */
  readonly provisioned: { readonly running: number; readonly allocated: number } | undefined;
  /** Whether the provisioned concurrency of the version was used up. */
  readonly isSpillover: boolean;
};

/** Counts invocations that run or wait, and refuses what AWS would throttle. */
export class Concurrency {
  /** By the name of a function and by the ARN that was asked for. */
  readonly #running = new Map<string, number>();
  /** Those that use provisioned concurrency, by the name of a function and by its name and version. */
  readonly #provisioned = new Map<string, number>();
  #total = 0;

  /** @throws AwsError TooManyRequestsException */
  enter(target: Target, { ofVersion, ofFunction }: Provisioned): Level {
    const { name, reservedConcurrency } = target.record;
    const isProvisioned = (this.#provisioned.get(versionKey(target)) ?? 0) < ofVersion;
    if (!isProvisioned) {
      const onDemand = (this.#running.get(name) ?? 0) - (this.#provisioned.get(name) ?? 0);
      if (reservedConcurrency !== undefined && onDemand >= reservedConcurrency - ofFunction) {
        throw throttled('ReservedFunctionConcurrentInvocationLimitExceeded');
      }
      if (this.#total >= accountConcurrency) throw throttled('ConcurrentInvocationLimitExceeded');
    }
    this.#total += 1;
    if (isProvisioned) add(this.#provisioned, name, 1);
    return {
      all: this.#total,
      ofFunction: add(this.#running, name, 1),
      ofResource: add(this.#running, target.arn, 1),
      provisioned: isProvisioned
        ? { running: add(this.#provisioned, versionKey(target), 1), allocated: ofVersion }
        : undefined,
      isSpillover: !isProvisioned && ofVersion > 0,
    };
  }

  /** The names of the functions of which invocations run or wait. */
  runningFunctions(): readonly string[] {
    return [...this.#running.keys()].filter((key) => !key.startsWith('arn:'));
  }

  /** @param level what `enter` returned */
  leave(target: Target, { provisioned }: Level): void {
    this.#total -= 1;
    add(this.#running, target.record.name, -1);
    add(this.#running, target.arn, -1);
    if (provisioned === undefined) return;
    add(this.#provisioned, target.record.name, -1);
    add(this.#provisioned, versionKey(target), -1);
  }
}

function versionKey({ record, version }: Target): string {
  return `${record.name}:${version.version}`;
}

function add(counts: Map<string, number>, key: string, change: 1 | -1): number {
  const count = (counts.get(key) ?? 0) + change;
  if (count > 0) counts.set(key, count);
  else counts.delete(key);
  return count;
}

function throttled(reason: string): AwsError {
  return new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429, { Reason: reason, Type: 'User' });
}
