import type { Clock, Timer } from '../core/clock.ts';
import type { ExecutionEnvironment } from './environment.ts';
import type { EnvironmentLog } from './environment-log.ts';
import type { FunctionVersion } from './function-record.ts';
import { packagesOf } from './layers/function-layers.ts';
import type { InitializationType } from './start-environment.ts';

/** An environment that is lent for one invocation. */
export type Slot = {
  readonly version: FunctionVersion;
  readonly environment: ExecutionEnvironment;
  readonly log: EnvironmentLog;
  /** True until it has served once, or until its INIT is over when it was started ahead of events. */
  isCold: boolean;
  /** Whether it lives on however long it idles, and comes on top of the environments that events start. */
  isProvisioned: boolean;
  idleSince: number;
};

export type PoolOptions = {
  readonly clock: Clock;
  /** How many environments events may start for one function version; further invocations wait their turn. */
  readonly maxEnvironments: number;
  /** Starts an environment and calls `onEnd` when its process is gone. */
  readonly start: (
    version: FunctionVersion,
    type: InitializationType,
    onEnd: () => void,
  ) => Pick<Slot, 'environment' | 'log'>;
  /** How much memory idle environments may have together; beyond that, those that idle longest go. */
  readonly idleMemoryBytes: number;
  /** Whether environments live on however long they idle. */
  readonly keepsIdle?: boolean;
  /** Called now and then, when environments have gone. */
  readonly onSweep: () => void;
};

type Waiter = {
  readonly version: FunctionVersion;
  readonly resolve: (slot: Slot) => void;
  readonly reject: (error: Error) => void;
};
type Group = { readonly slots: Set<Slot>; readonly idle: Slot[]; readonly waiting: Waiter[] };

const sweepEveryMs = 15_000;
/** Idle longer than this, an environment goes, unless it is among the few that were used last. */
const idleMs = 60_000;
const keptWarm = 2;
const keptWarmMs = 15 * 60_000;

/** The execution environments of all functions: reused while warm, added while all are busy, reaped when idle. */
export class EnvironmentPool {
  readonly #options: PoolOptions;
  readonly #groups = new Map<string, Group>();
  #sweepTimer: Timer | undefined;
  #isClosed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** A free environment of this version, now or when one is. */
  acquire(version: FunctionVersion): Promise<Slot> {
    if (this.#isClosed) return Promise.reject(new Error('the pool is closed'));
    const group = this.#group(version);
    for (let slot = takeIdle(group); slot !== undefined; slot = takeIdle(group)) {
      if (isCurrent(slot, version)) return Promise.resolve(slot);
      this.#discard(slot);
    }
    const started = [...group.slots].filter(({ isProvisioned }) => !isProvisioned).length;
    if (started < this.#options.maxEnvironments) return Promise.resolve(this.#start(version, 'on-demand'));
    return new Promise((resolve, reject) => group.waiting.push({ version, resolve, reject }));
  }

  release(slot: Slot): void {
    slot.idleSince = this.#options.clock.now();
    const group = this.#group(slot.version);
    const next = group.waiting.shift();
    if (next !== undefined && isCurrent(slot, next.version)) {
      next.resolve(slot);
      return;
    }
    if (next !== undefined) {
      this.#discard(slot);
      next.resolve(this.#start(next.version, 'on-demand'));
      return;
    }
    if (slot.environment.isDead || this.#isClosed) this.#discard(slot);
    else group.idle.push(slot);
    this.#fitIdle();
  }

  /** Starts an environment ahead of events. It serves after its `release`, which the caller makes when INIT is over. */
  provision(version: FunctionVersion): Slot {
    return this.#start(version, 'provisioned-concurrency');
  }

  /** Ends an environment that was started ahead of events; a busy one becomes like those that events start. */
  unprovision(slot: Slot): void {
    slot.isProvisioned = false;
    const isBusy = slot.environment.initDuration !== undefined && !this.#group(slot.version).idle.includes(slot);
    if (!isBusy) this.#discard(slot);
  }

  /** Ends the idle environments of a function; busy ones end when they are done, if their version changed. */
  retire(functionName: string): void {
    for (const slot of this.#idle().filter(({ version }) => version.functionName === functionName)) this.#discard(slot);
  }

  /** The packages that living environments run. */
  codeInUse(): string[] {
    return [...this.#slots()].flatMap(({ version }) => packagesOf(version));
  }

  /** @returns how many environments live, for tests and status pages */
  size(functionName?: string): number {
    return [...this.#slots()].filter(
      ({ version }) => functionName === undefined || version.functionName === functionName,
    ).length;
  }

  /** Every environment, and whether it waits for an event. */
  *views(): Iterable<Slot & { readonly isIdle: boolean }> {
    for (const { slots, idle } of this.#groups.values()) {
      for (const slot of slots) yield { ...slot, isIdle: idle.includes(slot) };
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#sweepTimer?.cancel();
    for (const { waiting } of this.#groups.values()) {
      for (const { reject } of waiting.splice(0)) reject(new Error('the pool is closed'));
    }
    await Promise.all([...this.#slots()].map(({ environment }) => environment.kill()));
  }

  #start(version: FunctionVersion, type: InitializationType): Slot {
    const started = this.#options.start(version, type, () => this.#forget(slot));
    const isProvisioned = type === 'provisioned-concurrency';
    const slot: Slot = { version, ...started, isCold: !isProvisioned, isProvisioned, idleSince: 0 };
    this.#group(version).slots.add(slot);
    this.#sweepTimer ??= this.#options.clock.schedule(() => this.#sweep(), sweepEveryMs);
    return slot;
  }

  #discard(slot: Slot): void {
    this.#forget(slot);
    void slot.environment.kill();
  }

  #forget(slot: Slot): void {
    const group = this.#group(slot.version);
    group.slots.delete(slot);
    const index = group.idle.indexOf(slot);
    if (index >= 0) group.idle.splice(index, 1);
  }

  /** Ends those that idle longest until the rest fits into the memory for them. */
  #fitIdle(): void {
    const { idleMemoryBytes } = this.#options;
    const size = ({ environment, isProvisioned }: Slot): number => (isProvisioned ? 0 : environment.memoryBytes);
    let bytes = 0;
    for (const { idle } of this.#groups.values()) for (const slot of idle) bytes += size(slot);
    if (bytes <= idleMemoryBytes) return;
    for (const slot of this.#idle().reverse()) {
      this.#discard(slot);
      bytes -= size(slot);
      if (bytes <= idleMemoryBytes) return;
    }
  }

  /** Of the environments that events started; those that were used last come first. */
  #idle(): Slot[] {
    return [...this.#groups.values()]
      .flatMap((group) => group.idle)
      .filter(({ isProvisioned }) => !isProvisioned)
      .sort((a, b) => b.idleSince - a.idleSince);
  }

  #sweep(): void {
    const now = this.#options.clock.now();
    const idle = this.#options.keepsIdle === true ? [] : this.#idle();
    for (const [rank, slot] of idle.entries()) {
      const limit = rank < keptWarm ? keptWarmMs : idleMs;
      if (now - slot.idleSince >= limit) this.#discard(slot);
    }
    for (const [key, group] of this.#groups) {
      if (group.slots.size === 0 && group.waiting.length === 0) this.#groups.delete(key);
    }
    this.#options.onSweep();
    this.#sweepTimer =
      this.#groups.size === 0 ? undefined : this.#options.clock.schedule(() => this.#sweep(), sweepEveryMs);
  }

  #group({ functionName, version }: FunctionVersion): Group {
    const key = `${functionName}:${version}`;
    const existing = this.#groups.get(key);
    if (existing !== undefined) return existing;
    const group: Group = { slots: new Set(), idle: [], waiting: [] };
    this.#groups.set(key, group);
    return group;
  }

  *#slots(): Iterable<Slot> {
    for (const { slots } of this.#groups.values()) yield* slots;
  }
}

/** Prefers those that were started ahead of events, then those that were used last. */
function takeIdle({ idle }: Group): Slot | undefined {
  const provisioned = idle.findLastIndex(({ isProvisioned }) => isProvisioned);
  return provisioned < 0 ? idle.pop() : idle.splice(provisioned, 1)[0];
}

function isCurrent({ environment, version }: Slot, wanted: FunctionVersion): boolean {
  return !environment.isDead && version.revisionId === wanted.revisionId;
}
