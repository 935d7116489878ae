import type { SendAs } from './measure.ts';
import type { MeasuredOperation } from './model.ts';
import { type Operation, operations } from './operations.ts';

export type Offered = {
  readonly service: string;
  /** Requests a second that are sent. */
  readonly rate: number;
  readonly seconds: number;
};

/** Sends the mix of a service at a steady rate, and tells how many requests a second are not refused. */
export async function offer(send: SendAs, { service, rate, seconds }: Offered): Promise<number> {
  const mix = operations.filter((operation) => operation.service === service);
  const total = Math.round(rate * seconds);
  const running: Promise<void>[] = [];
  let succeeded = 0;
  const began = performance.now();
  for (let index = 0; index < total; index++) {
    const due = began + (index / rate) * 1000;
    const wait = due - performance.now();
    if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait));
    running.push(
      pick(mix, index)
        .request(send(index), index)
        .then(({ status }) => {
          if (status < 429) succeeded += 1;
        }),
    );
  }
  await Promise.all(running);
  return succeeded / seconds;
}

/** Takes operations in turn, each as often as its share says. */
function pick(mix: readonly Operation[], index: number): Operation {
  // Steps of the golden ratio visit every part of the whole evenly.
  let position = (index * 0.618_033_988_75) % 1;
  for (const operation of mix) {
    position -= operation.share;
    if (position < 0) return operation;
  }
  const last = mix.at(-1);
  if (last === undefined) throw new Error('The service has no operations.');
  return last;
}

/** The operations of a service. */
export function ofService(measured: readonly MeasuredOperation[], service: string): readonly MeasuredOperation[] {
  return measured.filter((operation) => operation.service === service);
}
