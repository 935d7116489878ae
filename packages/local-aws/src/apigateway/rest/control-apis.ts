import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { AwsRequest } from '../../core/aws-api.ts';
import { AwsError } from '../../core/aws-error.ts';
import type { JsonObject } from '../../core/json.ts';
import type { ResourceContext, ResourceType } from '../../core/resource-type.ts';
import { type RestRoute, restBody } from '../../core/rest-protocol.ts';
import { page, parse, patchesOf } from './control-input.ts';
import { patchApi } from './patch-api.ts';
import type { RestApiStore } from './rest-api-store.ts';
import { apiView } from './views.ts';

type Ports = {
  readonly store: RestApiStore;
  readonly region: string;
  /** Makes APIs, for calls as for templates. */
  readonly restApiType: ResourceType;
};

const apiInput = z.strictObject({
  name: z.string(),
  description: z.string().optional(),
  version: z.string().optional(),
  binaryMediaTypes: z.array(z.string()).optional(),
  minimumCompressionSize: z.number().optional(),
  apiKeySource: z.enum(['HEADER', 'AUTHORIZER']).optional(),
  endpointConfiguration: z
    .strictObject({
      types: z.array(z.enum(['EDGE', 'REGIONAL'], 'The local endpoint has no private APIs')).optional(),
      ipAddressType: z.enum(['ipv4', 'dualstack']).optional(),
    })
    .optional(),
  policy: z.string().optional(),
  tags: z.record(z.string(), z.string()).default({}),
  disableExecuteApiEndpoint: z.boolean().optional(),
});

/** Calls about whole APIs. */
export function apiRoutes({ store, region, restApiType }: Ports): RestRoute[] {
  const context = (tags: Record<string, string> = {}): ResourceContext => ({
    stackName: randomUUID(),
    stackId: '',
    logicalId: 'api',
    region,
    tags,
  });
  const path = '/restapis/{apiId}';
  return [
    {
      method: 'GET',
      path: '/restapis',
      handle: ({ query }) => page([...store.apis.values()].map(apiView), query),
    },
    {
      method: 'POST',
      path: '/restapis',
      handle: async (request) => {
        if (request.query.get('mode') === 'import') {
          const { physicalId } = await restApiType.create(importProperties(request), context());
          return { status: 201, body: apiView(store.api(physicalId)) };
        }
        const { version, tags, ...input } = parse(apiInput, restBody(request));
        const { physicalId } = await restApiType.create(apiProperties(input), context(tags));
        const api = store.api(physicalId);
        if (version !== undefined) api.version = version;
        store.changed();
        return { status: 201, body: apiView(api) };
      },
    },
    { method: 'GET', path, handle: (_request, { apiId = '' }) => ({ body: apiView(store.api(apiId)) }) },
    {
      method: 'PUT',
      path,
      handle: async (request, { apiId = '' }) => {
        const { id: physicalId, tags } = store.api(apiId);
        const properties = { ...importProperties(request), Mode: request.query.get('mode') ?? 'merge' };
        const current = { properties: { Name: 'before' }, state: { physicalId, attributes: {} } };
        await restApiType.update(properties, current, context(tags));
        return { body: apiView(store.api(apiId)) };
      },
    },
    {
      method: 'PATCH',
      path,
      handle: (request, { apiId = '' }) => {
        const api = store.api(apiId);
        patchApi(api, patchesOf(request, 'updateRestApi'));
        store.changed();
        return { body: apiView(api) };
      },
    },
    {
      method: 'DELETE',
      path,
      handle: (_request, { apiId = '' }) => {
        store.apis.delete(store.api(apiId).id);
        store.changed();
        return { status: 202 };
      },
    },
  ];
}

function apiProperties(input: Omit<z.infer<typeof apiInput>, 'version' | 'tags'>): JsonObject {
  const { name, description, binaryMediaTypes, minimumCompressionSize, apiKeySource, policy } = input;
  const types = input.endpointConfiguration?.types;
  const properties = {
    Name: name,
    Description: description,
    BinaryMediaTypes: binaryMediaTypes,
    MinimumCompressionSize: minimumCompressionSize,
    ApiKeySourceType: apiKeySource,
    EndpointConfiguration: types && { Types: types },
    Policy: policy === undefined ? undefined : readPolicy(policy),
    DisableExecuteApiEndpoint: input.disableExecuteApiEndpoint,
  };
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function readPolicy(policy: string): JsonObject {
  try {
    return JSON.parse(policy);
  } catch {
    throw new AwsError('BadRequestException', 'Invalid policy document. Please check the policy syntax.');
  }
}

/** The document is the body of the call; parameters such as `basepath` are in the query. */
function importProperties({ body, query }: AwsRequest): JsonObject {
  const { mode: _mode, failonwarnings, ...parameters } = Object.fromEntries(query);
  return { Body: body.toString(), FailOnWarnings: failonwarnings === 'true', Parameters: parameters };
}
