import { codeDeployError } from './codedeploy-error.ts';

/** How a deployment shifts traffic; intervals are minutes. */
export type TrafficRouting =
  | { readonly type: 'AllAtOnce' }
  | { readonly type: 'TimeBasedCanary'; readonly percentage: number; readonly interval: number }
  | { readonly type: 'TimeBasedLinear'; readonly percentage: number; readonly interval: number };

/** One change of the weights. */
export type ShiftStep = {
  /** The share of the target version, 0 to 1. */
  readonly weight: number;
  /** How long the weights stay before the next step; 0 for the last one. */
  readonly minutes: number;
};

export const allAtOnce = 'CodeDeployDefault.LambdaAllAtOnce';

/** The configurations that every account has for the compute platform Lambda. */
export const lambdaConfigs: ReadonlyMap<string, TrafficRouting> = new Map<string, TrafficRouting>([
  [allAtOnce, { type: 'AllAtOnce' }],
  ...[5, 10, 15, 30].map((interval): [string, TrafficRouting] => [
    `CodeDeployDefault.LambdaCanary10Percent${interval}Minutes`,
    { type: 'TimeBasedCanary', percentage: 10, interval },
  ]),
  ...[1, 2, 3, 10].map((interval): [string, TrafficRouting] => [
    `CodeDeployDefault.LambdaLinear10PercentEvery${interval}Minute${interval === 1 ? '' : 's'}`,
    { type: 'TimeBasedLinear', percentage: 10, interval },
  ]),
]);

/** @throws AwsError DeploymentConfigDoesNotExistException */
export function routingOf(configName: string): TrafficRouting {
  const routing = lambdaConfigs.get(configName);
  if (routing !== undefined) return routing;
  throw codeDeployError(
    'DeploymentConfigDoesNotExistException',
    `No Deployment Configuration found for name: ${configName}. The local endpoint has those of AWS itself for Lambda: ${[...lambdaConfigs.keys()].join(', ')}.`,
  );
}

export function shiftSteps(routing: TrafficRouting): readonly ShiftStep[] {
  const last = { weight: 1, minutes: 0 };
  switch (routing.type) {
    case 'AllAtOnce':
      return [last];
    case 'TimeBasedCanary':
      return [{ weight: routing.percentage / 100, minutes: routing.interval }, last];
    case 'TimeBasedLinear': {
      const count = Math.ceil(100 / routing.percentage) - 1;
      const steps = Array.from({ length: count }, (_, index) => ({
        weight: ((index + 1) * routing.percentage) / 100,
        minutes: routing.interval,
      }));
      return [...steps, last];
    }
  }
}
