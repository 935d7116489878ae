import * as z from 'zod';
import { generatedName } from '../core/generated-name.ts';
import { defineResource } from '../core/resource-type.ts';

/** Nobody waits for it here; templates use it as a resource that costs nothing. */
export const waitConditionHandle = defineResource({
  type: 'AWS::CloudFormation::WaitConditionHandle',
  properties: z.strictObject({}),
  replaceOn: 'any',
  create: (_, context) => ({
    physicalId: `https://cloudformation-waitcondition.invalid/${generatedName(context, 255)}`,
    attributes: {},
  }),
  delete: () => {},
});
