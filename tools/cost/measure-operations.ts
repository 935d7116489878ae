import { randomUUID } from 'node:crypto';
import {
  GetEventSourceMappingCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { ListSchedulesCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { type TestEndpoint, until } from 'local-aws/testing';
import { runSchedule } from '#test/support/run-schedule.ts';
import { type ApiCaller, apiCaller } from './api-caller.ts';
import { type Counted, countHops } from './count-hops.ts';
import { type Controls, type Operation, operationsOf, serviceOf } from './operations.ts';
import { type ShadowTables, shadowTables } from './shadow-tables.ts';
import { behindDelivery, readTraces, type Traces, tracesOf } from './trace.ts';
import type { Usage } from './usage.ts';

export type MeasuredOperation = { readonly name: string; readonly title: string } & Counted;

type Endpoint = Pick<TestEndpoint, 'url' | 'client' | 'clock' | 'reset' | 'untilIdle'>;

/**
 * Runs every operation of `services` on an endpoint that has them, whose data it deletes, and counts what each uses. All run
 * twice: the first time the environments of functions start, which is not counted.
 */
export async function measureOperations(
  endpoint: Endpoint,
  services: readonly string[],
): Promise<readonly MeasuredOperation[]> {
  const api = await apiCaller(endpoint.url);
  const controls = controlsOf(endpoint, api);
  const operations = () => operationsOf(controls).filter(({ name }) => services.includes(serviceOf(name)));
  await endpoint.reset();
  for (const { prepare, run } of operations()) {
    await prepare?.();
    await run();
    await endpoint.untilIdle();
  }
  await endpoint.reset();
  api.take();
  await using shadow = await shadowTables(endpoint.url);
  const measured: MeasuredOperation[] = [];
  for (const operation of operations()) measured.push(await measure(operation, { endpoint, api, shadow }));
  await endpoint.reset();
  return measured;
}

async function measure(
  { name, title, prepare, run, count = 1, behind }: Operation,
  { endpoint, api, shadow }: { readonly endpoint: Endpoint; readonly api: ApiCaller; readonly shadow: ShadowTables },
): Promise<MeasuredOperation> {
  const follow = async (step: () => Promise<unknown>) => {
    await step();
    await endpoint.untilIdle();
    const traces = await readTraces(endpoint.url, api.take());
    const capacities = await repeatAll(traces, shadow);
    const counted = behind === undefined ? traces : behindDelivery(traces, behind);
    return countHops(counted, ({ spanId }) => capacities.get(spanId) ?? {});
  };
  try {
    if (prepare !== undefined) await follow(prepare);
    return { name, title, ...divide(await follow(run), count) };
  } catch (error) {
    throw new Error(`${name} was not measured: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}

async function repeatAll({ hops }: Traces, shadow: ShadowTables): Promise<ReadonlyMap<string, Usage>> {
  const capacities = new Map<string, Usage>();
  for (const hop of hops) {
    if (hop.kind === 'call' && hop.service === 'dynamodb') capacities.set(hop.spanId, await shadow.repeat(hop));
  }
  return capacities;
}

function divide({ units, functionTimes, callTimes, logBytes, responseBytes, metrics }: Counted, by: number): Counted {
  return {
    units: Object.fromEntries(Object.entries(units).map(([unit, count]) => [unit, count / by])),
    functionTimes: functionTimes / by,
    callTimes: callTimes / by,
    logBytes: Math.round(logBytes / by),
    responseBytes: Math.round(responseBytes / by),
    metrics,
  };
}

function controlsOf(endpoint: Endpoint, api: ApiCaller): Controls {
  const lambda = endpoint.client(LambdaClient);
  const scheduler = endpoint.client(SchedulerClient);
  return {
    api,
    untilIdle: endpoint.untilIdle,
    async whileUsersWait(work) {
      const FunctionName = 'users-async-local-createUser';
      const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand({ FunctionName }));
      const [{ UUID } = {}] = EventSourceMappings;
      const set = async (Enabled: boolean): Promise<void> => {
        await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled }));
        await until('the mapping of the queue', async () => {
          const { State } = await lambda.send(new GetEventSourceMappingCommand({ UUID }));
          return State === (Enabled ? 'Enabled' : 'Disabled') || undefined;
        });
      };
      await set(false);
      try {
        await work();
      } finally {
        await set(true);
      }
      await endpoint.untilIdle();
    },
    async runMorning() {
      const { Schedules = [] } = await scheduler.send(new ListSchedulesCommand({}));
      const [{ Name = '' } = {}] = Schedules;
      const before = await tracesOf(endpoint.url, 'scheduler');
      await runSchedule(scheduler, Name, endpoint.clock.advance, { user: randomUUID() });
      await endpoint.untilIdle();
      // On a slow machine the schedule fires once more, and finds that day done.
      const first = (await tracesOf(endpoint.url, 'scheduler')).findLast((id) => !before.includes(id));
      if (first === undefined) throw new Error('The schedule did not run.');
      api.follow(first);
    },
  };
}
