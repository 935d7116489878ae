import * as z from 'zod';
import { AwsError } from '../../core/aws-error.ts';
import { defineResource, property, type ResourceState, type ResourceType } from '../../core/resource-type.ts';
import { parseFunctionName } from '../function-name.ts';
import type { FunctionUrl, FunctionUrls } from './function-urls.ts';
import { corsInput } from './url-config.ts';
import type { UrlAddress } from './url-routes.ts';

const properties = z.strictObject({
  TargetFunctionArn: property.string(),
  Qualifier: property.string().optional(),
  AuthType: property.string(),
  Cors: corsInput.optional(),
  InvokeMode: property.string().optional(),
});

/** AWS::Lambda::Url. */
export function urlType(urls: FunctionUrls, addressOf: UrlAddress): ResourceType {
  const state = ({ arn, config: { id } }: FunctionUrl): ResourceState => ({
    physicalId: arn,
    attributes: { FunctionArn: arn, FunctionUrl: addressOf(id) },
  });
  return defineResource({
    type: 'AWS::Lambda::Url',
    properties,
    replaceOn: ['TargetFunctionArn', 'Qualifier'],
    create: ({ TargetFunctionArn, Qualifier, ...settings }) =>
      state(urls.create(parseFunctionName(TargetFunctionArn, Qualifier), settings)),
    update: ({ AuthType, Cors, InvokeMode = 'BUFFERED' }, { state: { physicalId } }) =>
      state(urls.update(parseFunctionName(physicalId), { AuthType, InvokeMode, Cors: Cors ?? {} })),
    delete({ physicalId }) {
      try {
        urls.remove(parseFunctionName(physicalId));
      } catch (error) {
        // It went with its function or alias.
        if (!(error instanceof AwsError) || error.code !== 'ResourceNotFoundException') throw error;
      }
    },
  });
}
