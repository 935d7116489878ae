import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { ControlRoute } from '../../control/control-api.ts';
import { defaultRegion } from '../../core/arn.ts';
import type { Clock } from '../../core/clock.ts';
import type { Principal } from '../../core/principal.ts';
import type { RoleUsage } from '../../iam/grant-usage.ts';
import { excessOf, smallestPolicy } from '../../iam/permissions-report.ts';
import type { Counts, ExecutionEnvironmentView, Info, Permissions, SourceActivity } from '../api-types.ts';
import type { CallAws } from '../aws/call-aws.ts';
import type { Faults } from '../faults/faults.ts';
import { packageVersion } from '../package-version.ts';
import type { ReplayDoors, Replays } from '../replay/replays.ts';
import type { LiveTopology } from '../topology/live-topology.ts';
import { readCounts } from '../topology/read-counts.ts';
import type { Traffic } from '../topology/traffic.ts';
import type { SourceActivities } from '../trace/source-activity.ts';
import { type ApiPorts, apiRoutes } from './api-routes.ts';
import { faultRoutes } from './fault-routes.ts';
import { prefix } from './input.ts';
import { listSources, type RegionConsumers } from './list-sources.ts';
import { replayRoutes } from './replay-routes.ts';
import { type QueuesOfRegions, resourceRoutes } from './resource-routes.ts';
import { type TracePorts, traceRoutes } from './trace-routes.ts';

/** What the console shows of the services. */
export type ConsoleServices = {
  readonly url: () => string;
  readonly isIamEnforced: boolean;
  readonly queues: QueuesOfRegions;
  readonly emails: () => readonly object[];
  readonly environments: () => readonly ExecutionEnvironmentView[];
  readonly consumers: () => readonly RegionConsumers[];
  readonly roles: () => readonly RoleUsage[];
  /** With the rights of the developer, and past the faults that are injected. */
  readonly callAws: CallAws;
  /** The developer, who may do everything. */
  readonly principal: Principal;
  readonly onError: (error: unknown) => void;
} & Omit<ApiPorts, 'nameOf'>;

type Parts = TracePorts & {
  readonly clock: Clock;
  readonly faults: Faults;
  readonly topology: LiveTopology;
  readonly traffic: Traffic;
  readonly activities: SourceActivities;
  readonly replays: Replays;
  readonly doors: ReplayDoors;
};

/** The routes of the console, and what its live feed counts. */
export function consoleRoutes(
  services: ConsoleServices,
  parts: Parts,
): { readonly routes: readonly ControlRoute[]; readonly counts: () => Promise<Counts> } {
  const { clock, faults, recorder, topology, traffic, activities, tracer } = parts;
  const counts = (): Promise<Counts> => {
    recorder.flush();
    if (topology.refresh(true)) parts.live.topologyChanged();
    return readCounts(topology.nodes, traffic, clock.now(), services);
  };
  const sources = async (): Promise<readonly SourceActivity[]> =>
    services.consumers().flatMap((each) => listSources(each, activities));
  const usersOf = (role: string): string[] =>
    topology.nodes
      .filter(
        ({ details }) =>
          String(details.roleArn ?? '')
            .split('/')
            .at(-1) === role,
      )
      .map(({ name }) => name);
  const permissions = (): Permissions => ({
    isEnforced: services.isIamEnforced,
    roles: services.roles().map(({ used, ...usage }) => ({
      ...usage,
      usedBy: usersOf(usage.role),
      excess: excessOf(usage).map(({ kind, text, problem }) => ({ kind, text, problem })),
      smallestPolicy: smallestPolicy(used),
    })),
  });
  const info = (): Info => ({
    version: packageVersion,
    region: defaultRegion,
    url: services.url(),
    isIamEnforced: services.isIamEnforced,
    features: ['reset', 'snapshots', 'clock', 'faults'],
    clock: { now: new Date(clock.now()).toISOString(), offsetMs: Math.round(clock.now() - Date.now()) },
  });
  return {
    counts,
    routes: [
      { method: 'GET', path: `${prefix}/openapi.json`, handle: () => ({ body: document() }) },
      { method: 'GET', path: `${prefix}/info`, handle: () => ({ body: info() }) },
      {
        method: 'GET',
        path: `${prefix}/topology`,
        handle: () => {
          recorder.flush();
          return { body: topology.view(traffic) };
        },
      },
      { method: 'GET', path: `${prefix}/counts`, handle: async () => ({ body: await counts() }) },
      ...traceRoutes(parts),
      ...replayRoutes({ ...parts, url: services.url }),
      ...resourceRoutes({ ...services, observer: tracer, sources, permissions }),
      ...apiRoutes({ ...services, nameOf: (apiId) => topology.find('apigateway', apiId)?.name ?? apiId }),
      ...faultRoutes(faults),
    ],
  };
}

function document(): object {
  return parse(readFileSync(join(import.meta.dirname, '..', 'openapi.yml'), 'utf8'));
}
