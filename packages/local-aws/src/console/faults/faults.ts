import { randomUUID } from 'node:crypto';
import { AwsError } from '../../core/aws-error.ts';
import { type Clock, sleep } from '../../core/clock.ts';
import type { Fault, FaultInput } from '../api-types.ts';
import type { Call } from '../trace/describe-call.ts';

/** How each service says that there were too many calls. */
const throttling: Readonly<Record<string, readonly [code: string, status: number]>> = {
  apigateway: ['TooManyRequestsException', 429],
  dynamodb: ['ProvisionedThroughputExceededException', 400],
  lambda: ['TooManyRequestsException', 429],
  s3: ['SlowDown', 503],
  sns: ['Throttled', 400],
  sqs: ['RequestThrottled', 400],
};

/** How each service says that it failed itself. */
const failures: Readonly<Record<string, readonly [code: string, status: number]>> = {
  dynamodb: ['InternalServerError', 500],
  lambda: ['ServiceException', 500],
  s3: ['InternalError', 500],
  sns: ['InternalError', 500],
  sqs: ['InternalFailure', 500],
};

export type FaultsOptions = {
  readonly clock: Clock;
  /** From 0 to 1, excluding 1. */
  readonly random?: () => number;
};

/** Faults that a developer injects, to see what the system makes of them. */
export class Faults {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #faults = new Map<string, Fault & { hits: number }>();

  constructor({ clock, random = Math.random }: FaultsOptions) {
    this.#clock = clock;
    this.#random = random;
  }

  get isEmpty(): boolean {
    return this.#faults.size === 0;
  }

  list(): readonly Fault[] {
    return [...this.#faults.values()];
  }

  add(input: FaultInput): Fault {
    const fault = { rate: 1, ...input, id: randomUUID(), hits: 0 };
    this.#faults.set(fault.id, fault);
    return fault;
  }

  remove(id: string): boolean {
    return this.#faults.delete(id);
  }

  clear(): void {
    this.#faults.clear();
  }

  /** Waits, or fails, as the faults that fit a call say. @throws AwsError */
  async apply(call: Call): Promise<void> {
    for (const fault of this.#faults.values()) {
      if (!fits(fault, call) || this.#random() >= (fault.rate ?? 1)) continue;
      fault.hits += 1;
      if (fault.fault.kind === 'latency') await sleep(this.#clock, fault.fault.milliseconds);
      else throw errorOf(fault.fault, call.service);
    }
  }
}

function fits(fault: FaultInput, { service, resource, operation }: Call): boolean {
  return (
    fault.service === service &&
    (fault.resource ?? resource) === resource &&
    (fault.operation ?? operation).toLowerCase() === operation.toLowerCase()
  );
}

function errorOf(fault: Exclude<FaultInput['fault'], { kind: 'latency' }>, service: string): AwsError {
  if (fault.kind === 'throttle') {
    const [code, status] = throttling[service] ?? ['ThrottlingException', 400];
    return new AwsError(code, 'Rate exceeded. A fault that was injected in the console throttles this call.', status);
  }
  const [code, status] = failures[service] ?? ['InternalFailure', 500];
  const message = 'A fault that was injected in the console fails this call.';
  return new AwsError(fault.code ?? code, message, fault.status ?? status);
}
