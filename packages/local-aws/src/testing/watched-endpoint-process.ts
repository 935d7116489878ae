/** A process with an endpoint that reports, over IPC, how its event loop fared since it was last asked. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { startEndpoint } from '../endpoint.ts';

export type LoopReport = {
  /** CPU time of the main thread, which does not grow with what else the machine does. */
  readonly busyMilliseconds: number;
  /** The longest time that the loop did not turn, by the clock. */
  readonly longestDelay: number;
  readonly errors: readonly string[];
};

const errors: string[] = [];
const endpoint = await startEndpoint({
  port: 0,
  persist: undefined,
  onError: (error) => errors.push(String(error)),
});
const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
let used = process.threadCpuUsage();

process.on('message', () => {
  const { user, system } = process.threadCpuUsage(used);
  process.send?.({ busyMilliseconds: (user + system) / 1000, longestDelay: delay.max / 1e6, errors: errors.splice(0) });
  delay.reset();
  used = process.threadCpuUsage();
});
process.once('disconnect', () => endpoint.close().then(() => process.exit()));
process.send?.({ url: endpoint.url });
