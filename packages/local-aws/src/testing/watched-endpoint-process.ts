/** A process with an endpoint that reports, over IPC, how its event loop fared since it was last asked. */
import { startEndpoint } from '../endpoint.ts';

export type LoopReport = {
  /** CPU time, in milliseconds, of the longest turn of the event loop: it does not grow with what else the machine does. */
  readonly longestTurn: number;
  readonly errors: readonly string[];
};

const errors: string[] = [];
const endpoint = await startEndpoint({
  port: 0,
  persist: undefined,
  onError: (error) => errors.push(String(error)),
});

let longestTurn = 0;
let turnedAt = process.threadCpuUsage();

/** Runs once in each turn of the loop. */
function turn(): void {
  const { user, system } = process.threadCpuUsage(turnedAt);
  longestTurn = Math.max(longestTurn, (user + system) / 1000);
  turnedAt = process.threadCpuUsage();
  setImmediate(turn);
}
setImmediate(turn);

process.on('message', () => {
  process.send?.({ longestTurn, errors: errors.splice(0) } satisfies LoopReport);
  longestTurn = 0;
});
process.once('disconnect', () => endpoint.close().then(() => process.exit()));
process.send?.({ url: endpoint.url });
