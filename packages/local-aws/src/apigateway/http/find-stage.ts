import { decodeSegment } from '../../core/decode-segment.ts';
import type { Limit } from '../../core/throttle.ts';
import type { ApiRequest } from '../../core/web.ts';
import type { Configuration, HttpApi, RouteSettings, Stage } from './model.ts';

export type FoundStage = { readonly stage: Stage; readonly path: string; readonly configuration: Configuration };

/**
 * The stage of a request with the path below it: the one that the URL names, else the first segment's, else `$default`.
 *
 * @returns undefined when there is none or when it has nothing deployed
 */
export function findStage(
  api: HttpApi,
  { stage: named, path }: Pick<ApiRequest, 'stage' | 'path'>,
): FoundStage | undefined {
  if (named !== undefined) return open(api, named, path);
  const [, first = '', rest = ''] = /^\/([^/]*)(.*)$/s.exec(path) ?? [];
  return open(api, decodeSegment(first), rest === '' ? '/' : rest) ?? open(api, '$default', path);
}

function open(api: HttpApi, name: string, path: string): FoundStage | undefined {
  const stage = api.stages.find(({ stageName }) => stageName === name);
  if (stage === undefined) return undefined;
  const configuration = configurationOf(api, stage);
  return configuration && { stage, path, configuration };
}

function configurationOf(api: HttpApi, { autoDeploy, deploymentId }: Stage): Configuration | undefined {
  if (autoDeploy === true) return api;
  return api.deployments.find((deployment) => deployment.deploymentId === deploymentId)?.configuration;
}

/** The settings of a route: its own before the stage's. */
export function settingsOf({ routeSettings, defaultRouteSettings }: Stage, routeKey: string): RouteSettings {
  return { ...defaultRouteSettings, ...definedOf(routeSettings?.[routeKey]) };
}

/** The throttle of a route; what is not set is the account's own limit. */
export function limitOf({ throttlingRateLimit, throttlingBurstLimit }: RouteSettings): Limit | undefined {
  if (throttlingRateLimit === undefined && throttlingBurstLimit === undefined) return undefined;
  return { rate: throttlingRateLimit ?? 10_000, burst: throttlingBurstLimit ?? 5_000 };
}

function definedOf(settings: RouteSettings = {}): RouteSettings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}
