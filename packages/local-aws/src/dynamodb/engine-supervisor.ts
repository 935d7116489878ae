import { AwsError } from '../core/aws-error.ts';
import { backOff } from '../core/back-off.ts';
import { type Clock, sleep } from '../core/clock.ts';
import { Signal } from '../core/signal.ts';
import type { EngineAddress } from './engine-address.ts';
import { type EngineProcess, type EngineProcessOptions, startEngineProcess } from './engine-process.ts';

export type EngineSupervisorOptions = Pick<EngineProcessOptions, 'binary' | 'databaseFile'> & {
  readonly clock: Clock;
  /** Called with the reason when the engine ends by itself, and when it cannot be restarted. */
  readonly onExit: (reason: string) => void;
};

const firstBackOffMs = 100;
const lastBackOffMs = 10_000;
/** An engine that ran for so long counts as sound: the next restart is quick again. */
const soundMs = 60_000;
/** How long a call waits for an engine that restarts. */
const patienceMs = 5000;

/** Runs the engine, and restarts it when its process ends by itself. The database file keeps what the engine wrote. */
export class EngineSupervisor {
  readonly #options: EngineSupervisorOptions;
  readonly #closing = new AbortController();
  readonly #changed = new Signal();
  #running: EngineProcess | undefined;
  #startedAt = 0;
  /** Ends that followed each other closely. */
  #failures = 0;
  #reason = 'The DynamoDB engine does not answer.';
  #restarting: Promise<void> | undefined;

  private constructor(options: EngineSupervisorOptions) {
    this.#options = options;
  }

  /** @throws Error when the engine does not start */
  static async start(options: EngineSupervisorOptions): Promise<EngineSupervisor> {
    const supervisor = new EngineSupervisor(options);
    await supervisor.#start();
    return supervisor;
  }

  /** Of the process; undefined while it restarts. */
  get pid(): number | undefined {
    return this.#running?.pid;
  }

  /**
   * The address of the running engine. Waits a few seconds for an engine that restarts.
   * @param dead an address that refused a connection: its engine has ended, although its exit was not seen yet
   * @throws AwsError InternalServerError when there is no engine by then, which SDKs retry
   */
  async address(dead?: EngineAddress): Promise<EngineAddress> {
    const { clock } = this.#options;
    const deadline = clock.now() + patienceMs;
    while (!this.#closing.signal.aborted) {
      const address = this.#running?.address;
      if (address !== undefined && address !== dead) return address;
      if (clock.now() >= deadline) break;
      await this.#changed.wait(clock, deadline - clock.now());
    }
    throw new AwsError('InternalServerError', `${this.#reason} It is being restarted; try again.`, 500);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#changed.notify();
    await this.#restarting;
    await this.#running?.close();
    this.#running = undefined;
  }

  async #start(): Promise<void> {
    const { binary, databaseFile, clock } = this.#options;
    this.#running = await startEngineProcess({ binary, databaseFile, onExit: (reason) => this.#ended(reason) });
    this.#startedAt = clock.now();
    this.#changed.notify();
  }

  #ended(reason: string): void {
    const { clock, onExit } = this.#options;
    this.#running = undefined;
    this.#reason = reason;
    if (clock.now() - this.#startedAt >= soundMs) this.#failures = 0;
    onExit(reason);
    this.#restarting = this.#restart();
  }

  async #restart(): Promise<void> {
    const { clock, onExit } = this.#options;
    while (!this.#closing.signal.aborted) {
      await sleep(clock, backOff(this.#failures++, firstBackOffMs, lastBackOffMs), this.#closing.signal);
      if (this.#closing.signal.aborted) return;
      try {
        await this.#start();
        return;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        if (reason !== this.#reason) onExit(reason);
        this.#reason = reason;
      }
    }
  }
}
