import * as z from 'zod';
import { deriveId, regionPart } from '../../core/derive-id.ts';
import { defineResource, property, type ResourceContext, type ResourceType } from '../../core/resource-type.ts';
import type { ApiChanges } from './change-api.ts';
import type { HttpApiStore } from './http-api-store.ts';
import type { ApiInput } from './model.ts';

const { string, integer, boolean } = property;

/** The one selection expression that an HTTP API has. */
const routeSelection = z.literal('$request.method $request.path');

const cors = z
  .strictObject({
    AllowCredentials: boolean().optional(),
    AllowHeaders: z.array(string()).optional(),
    AllowMethods: z.array(string()).optional(),
    AllowOrigins: z.array(string()).optional(),
    ExposeHeaders: z.array(string()).optional(),
    MaxAge: integer().optional(),
  })
  .transform((given) => ({
    allowCredentials: given.AllowCredentials,
    allowHeaders: given.AllowHeaders,
    allowMethods: given.AllowMethods,
    allowOrigins: given.AllowOrigins,
    exposeHeaders: given.ExposeHeaders,
    maxAge: given.MaxAge,
  }));

const api = z.strictObject({
  Name: string(),
  ProtocolType: z.literal('HTTP', { error: 'WebSocket APIs are not supported, only HTTP' }),
  Description: string().optional(),
  Version: string().optional(),
  CorsConfiguration: cors.optional(),
  DisableExecuteApiEndpoint: boolean().optional(),
  RouteSelectionExpression: routeSelection.optional(),
  IpAddressType: property.inert(),
  Tags: property.tagMap().optional(),
});

/** @param url the base URL of an API's `$default` stage, by API id */
export function apiResourceType(
  store: HttpApiStore,
  changes: ApiChanges,
  url: (apiId: string) => string,
): ResourceType {
  const put = (apiId: string, properties: z.infer<typeof api>, context: ResourceContext) => {
    changes.putApi(apiId, inputOf(properties, context));
    return { physicalId: apiId, attributes: { ApiId: apiId, ApiEndpoint: url(apiId) } };
  };
  return defineResource({
    type: 'AWS::ApiGatewayV2::Api',
    properties: api,
    replaceOn: ['ProtocolType'],
    create: (properties, context) => put(apiIdOf(context), properties, context),
    update: (properties, { state }, context) => put(state.physicalId, properties, context),
    delete: ({ physicalId }) => store.delete(physicalId),
  });
}

/** Ten characters that derive from region, stack and logical id, so that URLs survive a restart. */
function apiIdOf({ stackName, logicalId, generation = 0, region }: ResourceContext): string {
  return deriveId(10, 'httpapi', stackName, logicalId, String(generation), ...regionPart(region));
}

function inputOf(properties: z.infer<typeof api>, { tags }: ResourceContext): ApiInput {
  return {
    name: properties.Name,
    protocolType: properties.ProtocolType,
    description: properties.Description,
    version: properties.Version,
    corsConfiguration: properties.CorsConfiguration,
    disableExecuteApiEndpoint: properties.DisableExecuteApiEndpoint,
    tags: { ...tags, ...properties.Tags },
  };
}
