import { hostileInputs } from '../testing/hostile-inputs.ts';
import { startWatchedEndpoint } from '../testing/watched-endpoint.ts';

/** How long each hostile request holds the event loop at a time: CPU time in milliseconds, by its name. */
export async function hostileInputTimes(): Promise<ReadonlyMap<string, number>> {
  const endpoint = await startWatchedEndpoint();
  const times = new Map<string, number>();
  for (const { name, send } of hostileInputs) {
    await endpoint.report();
    await send(endpoint.url);
    times.set(name, (await endpoint.report()).longestTurn);
  }
  await endpoint.stop();
  return times;
}
