import * as z from 'zod';
import type { AwsApi } from '../../core/aws-api.ts';
import { type RestRoute, restBody, restJsonApi } from '../../core/rest-protocol.ts';
import type { DomainNames } from '../domain-names.ts';
import type { ApiChanges } from './change-api.ts';
import { domainRoutes } from './control-domains.ts';
import { list, merge, newId, parse } from './control-input.ts';
import { partRoutes } from './control-parts.ts';
import { tagRoutes } from './control-tags.ts';
import type { HttpApiStore } from './http-api-store.ts';
import { apiInputSchema, type HttpApi } from './model.ts';

type Services = {
  readonly store: HttpApiStore;
  readonly changes: ApiChanges;
  readonly domains: DomainNames;
  readonly region: string;
  readonly url: (apiId: string) => string;
};

/** The API Gateway V2 API, `/v2/…`. It shares its signing name with the API of REST APIs. */
export function controlPlane(services: Services): AwsApi {
  return restJsonApi('apigatewayv2', [
    ...apiRoutes(services),
    ...partRoutes(services),
    ...deploymentRoutes(services),
    ...tagRoutes(services.store),
    ...domainRoutes(services),
  ]);
}

function apiRoutes({ store, changes, url }: Services): RestRoute[] {
  const show = (apiId: string) => showApi(store.get(apiId), url);
  return [
    { method: 'GET', path: '/v2/apis', handle: () => list(store.list().map((api) => showApi(api, url))) },
    {
      method: 'POST',
      path: '/v2/apis',
      handle: (request) => {
        const apiId = newId(10);
        changes.putApi(apiId, parse(apiInputSchema, restBody(request)));
        return { status: 201, body: show(apiId) };
      },
    },
    { method: 'GET', path: '/v2/apis/{apiId}', handle: (_, { apiId = '' }) => ({ body: show(apiId) }) },
    {
      method: 'PATCH',
      path: '/v2/apis/{apiId}',
      handle: (request, { apiId = '' }) => {
        changes.putApi(apiId, merge(apiInputSchema, store.get(apiId), request));
        return { body: show(apiId) };
      },
    },
    {
      method: 'DELETE',
      path: '/v2/apis/{apiId}',
      handle: (_, { apiId = '' }) => {
        store.delete(store.get(apiId).apiId);
        return { status: 204 };
      },
    },
  ];
}

function deploymentRoutes({ store, changes }: Services): RestRoute[] {
  const input = z.strictObject({ description: z.string().optional(), stageName: z.string().optional() });
  const show = (apiId: string, deploymentId: string) => {
    const { configuration: _, ...shown } = store.getPart(apiId, 'deployments', deploymentId);
    return { ...shown, deploymentStatus: 'DEPLOYED', autoDeployed: false };
  };
  return [
    {
      method: 'GET',
      path: '/v2/apis/{apiId}/deployments',
      handle: (_, { apiId = '' }) =>
        list(store.get(apiId).deployments.map(({ deploymentId }) => show(apiId, deploymentId))),
    },
    {
      method: 'POST',
      path: '/v2/apis/{apiId}/deployments',
      handle: (request, { apiId = '' }) => {
        const id = newId(6);
        const { description, stageName } = parse(input, restBody(request));
        changes.putDeployment(apiId, id, description, stageName);
        return { status: 201, body: show(apiId, id) };
      },
    },
    {
      method: 'GET',
      path: '/v2/apis/{apiId}/deployments/{id}',
      handle: (_, { apiId = '', id = '' }) => ({ body: show(apiId, id) }),
    },
  ];
}

function showApi({ apiId, name, ...api }: HttpApi, url: (apiId: string) => string): object {
  return {
    apiId,
    name,
    apiEndpoint: url(apiId),
    protocolType: api.protocolType,
    routeSelectionExpression: '$request.method $request.path',
    apiKeySelectionExpression: '$request.header.x-api-key',
    description: api.description,
    version: api.version,
    corsConfiguration: api.corsConfiguration,
    disableExecuteApiEndpoint: api.disableExecuteApiEndpoint ?? false,
    createdDate: api.createdDate,
    tags: api.tags ?? {},
  };
}
