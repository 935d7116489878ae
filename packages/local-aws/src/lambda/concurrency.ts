import { AwsError } from '../core/aws-error.ts';
import type { FunctionRecord, FunctionVersion } from './function-record.ts';

/** The account's default quota, which also bounds how many invocations may wait here. */
export const accountConcurrency = 1000;

/** What is invoked: a version, by an ARN that may name an alias. */
type Invoked = {
  readonly arn: string;
  readonly record: Pick<FunctionRecord, 'name' | 'reservedConcurrency'>;
  readonly version: Pick<FunctionVersion, 'version'>;
};

/** What an account has of Lambda besides what every endpoint refuses. */
export type InvocationLimits = {
  /** The concurrency of all functions together. */
  readonly concurrency: number;
  /** Whether the account may have one more invocation now. */
  admitsRequest(functionName: string): boolean;
  /** Whether a function may have one more environment now. */
  admitsEnvironment(functionName: string): boolean;
};

const unlimited: InvocationLimits = {
  concurrency: accountConcurrency,
  admitsRequest: () => true,
  admitsEnvironment: () => true,
};

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
  /** The most invocations that each function has had at once: so many environments it has. */
  readonly #peaks = new Map<string, number>();
  readonly #limits: InvocationLimits;
  #total = 0;

  constructor(limits: InvocationLimits = unlimited) {
    this.#limits = limits;
  }

  /** @throws AwsError TooManyRequestsException */
  enter(target: Invoked, { ofVersion, ofFunction }: Provisioned): Level {
    const { name, reservedConcurrency } = target.record;
    if (!this.#limits.admitsRequest(name)) throw throttled('FunctionInvocationRateLimitExceeded');
    const isProvisioned = (this.#provisioned.get(versionKey(target)) ?? 0) < ofVersion;
    if (!isProvisioned) {
      const onDemand = (this.#running.get(name) ?? 0) - (this.#provisioned.get(name) ?? 0);
      if (reservedConcurrency !== undefined && onDemand >= reservedConcurrency - ofFunction) {
        throw throttled('ReservedFunctionConcurrentInvocationLimitExceeded');
      }
      if (this.#total >= this.#limits.concurrency) throw throttled('ConcurrentInvocationLimitExceeded');
      this.#scale(name);
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

  /** Environments stay for the next invocations: only those beyond the most so far are new. */
  #scale(name: string): void {
    const needed = (this.#running.get(name) ?? 0) + 1;
    if (needed <= (this.#peaks.get(name) ?? 0)) return;
    // AWS's reason for this refusal is not recorded.
    if (!this.#limits.admitsEnvironment(name)) throw throttled('ConcurrentInvocationLimitExceeded');
    this.#peaks.set(name, needed);
  }

  /** The names of the functions of which invocations run or wait. */
  runningFunctions(): readonly string[] {
    return [...this.#running.keys()].filter((key) => !key.startsWith('arn:'));
  }

  /** @param level what `enter` returned */
  leave(target: Invoked, { provisioned }: Level): void {
    this.#total -= 1;
    add(this.#running, target.record.name, -1);
    add(this.#running, target.arn, -1);
    if (provisioned === undefined) return;
    add(this.#provisioned, target.record.name, -1);
    add(this.#provisioned, versionKey(target), -1);
  }
}

function versionKey({ record, version }: Invoked): string {
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
