import type { Clock } from '../core/clock.ts';

type Receiver<O, D> = { readonly options: O; finish(deliveries: D[]): void };

/** The long polls of one queue: calls that found nothing, in the order in which they came. */
export class WaitingReceivers<O, D> {
  readonly #clock: Clock;
  readonly #deliver: (options: O) => D[];
  readonly #receivers = new Set<Receiver<O, D>>();
  #isWakeDue = false;

  /** @param deliver yields what there is for a call now, or nothing */
  constructor(clock: Clock, deliver: (options: O) => D[]) {
    this.#clock = clock;
    this.#deliver = deliver;
  }

  /** Resolves with what comes within `seconds`, or with nothing after them. */
  wait(options: O, seconds: number): Promise<D[]> {
    return new Promise((resolve) => {
      const receiver: Receiver<O, D> = {
        options,
        finish: (deliveries) => {
          timer.cancel();
          this.#receivers.delete(receiver);
          resolve(deliveries);
        },
      };
      const timer = this.#clock.schedule(() => receiver.finish([]), seconds * 1000);
      this.#receivers.add(receiver);
    });
  }

  /** There may be something for them: after the current call, so that a batch that is being sent is received as one. */
  wake(): void {
    if (this.#isWakeDue || this.#receivers.size === 0) return;
    this.#isWakeDue = true;
    queueMicrotask(() => {
      this.#isWakeDue = false;
      for (const receiver of this.#receivers) {
        const deliveries = this.#deliver(receiver.options);
        if (deliveries.length === 0) return;
        receiver.finish(deliveries);
      }
    });
  }

  /** Ends all of them with nothing. */
  close(): void {
    for (const receiver of this.#receivers) receiver.finish([]);
  }
}
