import * as z from 'zod';
import type { CloudFormation, StackView } from '../cloudformation/cloudformation.ts';
import { defaultRegion } from '../core/arn.ts';
import { regionNames } from '../core/region-names.ts';
import { type ControlRoute, controlInput } from './control-api.ts';

const deploySchema = z.strictObject({
  /** JSON or YAML text, or the template itself. */
  template: z.union([z.string().min(1), z.record(z.string(), z.unknown())]),
  parameters: z.record(z.string(), z.string()).default({}),
  region: z.enum(regionNames).default(defaultRegion),
});

/** Deploys and lists stacks with one request each, without an SDK. */
export function stackRoutes(cloudFormation: Pick<CloudFormation, 'deploy' | 'stacks'>): readonly ControlRoute[] {
  return [
    {
      method: 'GET',
      path: '/_local/api/stacks',
      handle: () => ({ body: { stacks: cloudFormation.stacks().map(summaryOf) } }),
    },
    {
      method: 'PUT',
      path: '/_local/api/stacks/{name}',
      async handle(request, { name = '' }) {
        const { template, parameters, region } = controlInput(deploySchema, request);
        const templateBody = typeof template === 'string' ? template : JSON.stringify(template);
        return { body: summaryOf(await cloudFormation.deploy({ name, region, templateBody, parameters })) };
      },
    },
  ];
}

function summaryOf({ name, region, status, outputs }: StackView) {
  return { name, region, status, outputs };
}
