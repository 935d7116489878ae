import type { Clock } from '../core/clock.ts';
import type { Provisioned } from './concurrency.ts';
import type { EnvironmentPool, Slot } from './environment-pool.ts';
import type { FunctionRecord, FunctionVersion } from './function-record.ts';
import { type FunctionStore, findVersion, type Target } from './function-store.ts';

type ProvisionedStatus = 'IN_PROGRESS' | 'READY' | 'FAILED';

/** What there is of the environments that a version or alias has requested. */
export type ProvisionedState = { readonly status: ProvisionedStatus; readonly allocated: number };

type Options = {
  /** Of the execution of functions. */
  readonly clock: Clock;
  readonly functions: FunctionStore;
  readonly pool: EnvironmentPool;
  /** How many processes one version gets, however many environments are requested. */
  readonly maxProcesses: number;
  readonly onError: (error: unknown) => void;
};

/** The environments that are kept warm for one version. */
type Fleet = {
  readonly version: FunctionVersion;
  requested: number;
  /** Changes with every request, so that one is tried again that has failed. */
  request: string;
  /** All that were started and have not ended. */
  readonly slots: Set<Slot>;
  status: ProvisionedStatus;
  /** Resolves when the status is no longer IN_PROGRESS. */
  settled: Promise<void>;
};

/** INIT ahead of events may take longer than the 10 s that it may take within an invocation. */
const initLimitMs = 15 * 60_000;
const none: Provisioned = { ofVersion: 0, ofFunction: 0 };

/** Starts and ends environments until every version has those that it and its aliases have requested. */
export class ProvisionedEnvironments {
  readonly #options: Options;
  readonly #fleets = new Map<string, Fleet>();
  /** Sums by the name of the function, so that an invocation needs no search. */
  readonly #byFunction = new Map<string, Map<string, Fleet>>();

  constructor(options: Options) {
    this.#options = options;
    options.functions.onChanged(() => this.reconcile());
  }

  /** How much concurrency is ready for an invocation of this version. */
  levelOf({ record, version }: Target): Provisioned {
    const fleets = this.#byFunction.get(record.name);
    if (fleets === undefined) return none;
    const ofFunction = [...fleets.values()].reduce((sum, fleet) => sum + allocatedOf(fleet), 0);
    const fleet = fleets.get(keyOf(version));
    return { ofVersion: fleet === undefined ? 0 : allocatedOf(fleet), ofFunction };
  }

  stateOf(record: FunctionRecord, qualifier: string): ProvisionedState {
    const fleets = this.#fleetsOf(record, qualifier);
    const requested = record.provisioned[qualifier]?.requested ?? 0;
    const allocated = fleets.reduce((sum, fleet) => sum + allocatedOf(fleet), 0);
    return { status: statusOf(fleets), allocated: Math.min(requested, allocated) };
  }

  /** Resolves when the environments of a version or alias are ready. @throws Error when their INIT fails */
  async ready(record: FunctionRecord, qualifier: string): Promise<void> {
    for (;;) {
      const fleets = this.#fleetsOf(record, qualifier);
      if (statusOf(fleets) === 'READY') return;
      if (statusOf(fleets) === 'FAILED') {
        throw new Error(`Provisioned Concurrency configuration failed to be applied. Reason: ${initFailure}`);
      }
      await Promise.all(fleets.map(({ settled }) => settled));
    }
  }

  /** To be called once functions can reach the endpoint, and after every change of a function. */
  reconcile(): void {
    const wanted = this.#wanted();
    for (const [key, fleet] of this.#fleets) if (!wanted.has(key)) this.#dissolve(key, fleet);
    for (const [key, { version, requested, request }] of wanted) {
      const fleet = this.#fleets.get(key) ?? this.#found(key, version);
      if (fleet.request === request) continue;
      fleet.requested = requested;
      fleet.request = request;
      fleet.settled = this.#scale(fleet);
    }
  }

  #wanted(): Map<string, Pick<Fleet, 'version' | 'requested' | 'request'>> {
    const wanted = new Map<string, Pick<Fleet, 'version' | 'requested' | 'request'>>();
    for (const record of this.#options.functions.all()) {
      for (const [qualifier, { lastModified }] of Object.entries(record.provisioned)) {
        for (const { version, requested } of sharesOf(record, qualifier)) {
          const { requested: others = 0, request = '' } = wanted.get(keyOf(version)) ?? {};
          wanted.set(keyOf(version), {
            version,
            requested: requested + others,
            request: `${request} ${qualifier} ${requested} ${lastModified}`,
          });
        }
      }
    }
    return wanted;
  }

  #found(key: string, version: FunctionVersion): Fleet {
    const settled = Promise.resolve();
    const fleet: Fleet = { version, requested: 0, request: '', slots: new Set(), status: 'IN_PROGRESS', settled };
    this.#fleets.set(key, fleet);
    const siblings = this.#byFunction.get(version.functionName) ?? new Map();
    this.#byFunction.set(version.functionName, siblings.set(key, fleet));
    return fleet;
  }

  #dissolve(key: string, fleet: Fleet): void {
    this.#fleets.delete(key);
    const siblings = this.#byFunction.get(fleet.version.functionName);
    siblings?.delete(key);
    if (siblings?.size === 0) this.#byFunction.delete(fleet.version.functionName);
    fleet.requested = 0;
    fleet.request = '';
    this.#shrink(fleet, 0);
  }

  /** Another request may come before this one is settled, which is then without effect on the status. */
  async #scale(fleet: Fleet): Promise<void> {
    const { request } = fleet;
    fleet.status = 'IN_PROGRESS';
    const size = Math.min(fleet.requested, this.#options.maxProcesses);
    this.#shrink(fleet, size);
    while (fleet.slots.size < size) if (!this.#start(fleet)) break;
    const isReady = await Promise.all([...fleet.slots].map(({ environment }) => environment.initialized));
    if (fleet.request !== request) return;
    if (isReady.length === size && isReady.every(Boolean)) fleet.status = 'READY';
    else this.#fail(fleet);
  }

  #shrink(fleet: Fleet, size: number): void {
    for (const slot of [...fleet.slots].slice(size)) {
      fleet.slots.delete(slot);
      this.#options.pool.unprovision(slot);
    }
  }

  /** @returns undefined when there is no process */
  #start(fleet: Fleet): Slot | undefined {
    const { pool, onError } = this.#options;
    if (pool.isClosed) return undefined;
    try {
      const slot = pool.provision(fleet.version);
      fleet.slots.add(slot);
      void this.#serve(fleet, slot);
      return slot;
    } catch (error) {
      onError(error);
      return undefined;
    }
  }

  /** Lets an environment serve when its INIT is over, and starts the next one when its process ends. */
  async #serve(fleet: Fleet, slot: Slot): Promise<void> {
    const { pool, clock } = this.#options;
    const { environment } = slot;
    const timer = clock.schedule(() => void environment.kill(), initLimitMs);
    const isReady = await environment.initialized;
    timer.cancel();
    if (isReady) {
      pool.release(slot);
      await environment.ended;
    }
    if (!fleet.slots.delete(slot) || !isReady || pool.isClosed) return;
    const next = this.#start(fleet);
    const { request } = fleet;
    if ((await next?.environment.initialized) !== true && fleet.request === request && request !== '') {
      this.#fail(fleet);
    }
  }

  /** Its invocations start environments themselves from now on, until the request changes. */
  #fail(fleet: Fleet): void {
    fleet.status = 'FAILED';
    this.#shrink(fleet, 0);
  }

  #fleetsOf(record: FunctionRecord, qualifier: string): Fleet[] {
    return sharesOf(record, qualifier).flatMap(({ version }) => this.#fleets.get(keyOf(version)) ?? []);
  }
}

export const initFailure = 'FUNCTION_ERROR_INIT_FAILURE';

function keyOf({ functionName, version, revisionId }: FunctionVersion): string {
  return `${functionName}:${version}:${revisionId}`;
}

function allocatedOf({ status, requested, slots }: Fleet): number {
  if (status === 'READY') return requested;
  return [...slots].filter(({ environment }) => environment.initDuration !== undefined).length;
}

function statusOf(fleets: readonly Fleet[]): ProvisionedStatus {
  if (fleets.some(({ status }) => status === 'FAILED')) return 'FAILED';
  return fleets.every(({ status }) => status === 'READY') ? 'READY' : 'IN_PROGRESS';
}

/** The versions behind a qualifier: those of an alias share its environments by their weights. */
function sharesOf(record: FunctionRecord, qualifier: string): { version: FunctionVersion; requested: number }[] {
  const total = record.provisioned[qualifier]?.requested ?? 0;
  const alias = record.aliases.find(({ name }) => name === qualifier);
  const others = Object.entries(alias?.weights ?? {});
  const rest = others.reduce((left, [, weight]) => left - weight, 1);
  return [[alias?.version ?? qualifier, rest] as const, ...others].flatMap(([name, weight]) => {
    const version = findVersion(record, name);
    const requested = Math.ceil(total * weight);
    return version === undefined || requested === 0 ? [] : [{ version, requested }];
  });
}
