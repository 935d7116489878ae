import { AwsError } from '../../core/aws-error.ts';
import type { Canary, RestApi, Stage } from './api-definition.ts';
import { own } from './rest-api-store.ts';

/** What a call or a template may say about a canary. */
export type CanarySettings = { readonly [K in keyof Canary]?: Canary[K] | undefined };

/** @returns a canary with the settings put over those of an existing one */
export function makeCanary(stage: Pick<Stage, 'deploymentId' | 'canary'>, settings: CanarySettings): Canary {
  const { deploymentId, percentTraffic, stageVariableOverrides, useStageCache } = {
    ...stage.canary,
    ...defined(settings),
  };
  if (percentTraffic !== undefined && !(percentTraffic >= 0 && percentTraffic <= 100)) {
    throw new AwsError('BadRequestException', 'Invalid percentTraffic: must be between 0 and 100');
  }
  return {
    deploymentId: deploymentId ?? stage.deploymentId,
    percentTraffic: percentTraffic ?? 0,
    ...(stageVariableOverrides !== undefined && { stageVariableOverrides }),
    useStageCache: useStageCache ?? false,
  };
}

/** @throws AwsError for a canary of a deployment that the API does not have */
export function checkCanary(api: RestApi, canary: Canary | undefined): void {
  if (canary !== undefined && own(api.deployments, canary.deploymentId) === undefined) {
    throw new AwsError('BadRequestException', 'Deployment id does not exist');
  }
}

/**
 * Decides whether a request goes to the canary.
 * @param roll from 0 up to 100, exclusive
 * @returns the stage with the deployment and the variables to serve the request with
 */
export function chooseRelease(stage: Stage, roll: number): { stage: Stage; isCanary: boolean | undefined } {
  const { canary } = stage;
  if (canary === undefined) return { stage, isCanary: undefined };
  if (roll >= canary.percentTraffic) return { stage, isCanary: false };
  const variables = { ...stage.variables, ...canary.stageVariableOverrides };
  return { stage: { ...stage, deploymentId: canary.deploymentId, variables }, isCanary: true };
}

function defined(settings: CanarySettings): CanarySettings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}
