import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { arn, parseArn } from '../core/arn.ts';
import type { AwsApi, AwsRequest } from '../core/aws-api.ts';
import { AwsError } from '../core/aws-error.ts';
import { type RestParameters, type RestRoute, restBody, restJsonApi } from '../core/rest-protocol.ts';
import type { ApiChanges } from './change-api.ts';
import { deriveId } from './derive-id.ts';
import type { DomainNames } from './domain-names.ts';
import { type HttpApiStore, notFound } from './http-api-store.ts';
import {
  apiInputSchema,
  authorizerInputSchema,
  type HttpApi,
  integrationInputSchema,
  routeInputSchema,
  stageInputSchema,
} from './model.ts';

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
    ...tagRoutes(services),
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

/** How one part of an API is reached: `/v2/apis/{apiId}/<part>/{id}`. */
type PartDefinition = {
  readonly part: 'routes' | 'integrations' | 'authorizers' | 'stages';
  /** @returns the id of what was made */
  readonly create: (apiId: string, request: AwsRequest) => string;
  readonly update: (apiId: string, id: string, request: AwsRequest) => void;
};

function partRoutes({ store, changes }: Services): RestRoute[] {
  const definitions: PartDefinition[] = [
    {
      part: 'routes',
      create: (apiId, request) => {
        const id = newId(7);
        changes.putRoute(apiId, id, parse(routeInputSchema, restBody(request)));
        return id;
      },
      update: (apiId, id, request) =>
        changes.putRoute(apiId, id, merge(routeInputSchema, store.getPart(apiId, 'routes', id), request)),
    },
    {
      part: 'integrations',
      create: (apiId, request) => {
        const id = newId(7);
        changes.putIntegration(apiId, id, parse(integrationInputSchema, restBody(request)));
        return id;
      },
      update: (apiId, id, request) =>
        changes.putIntegration(
          apiId,
          id,
          merge(integrationInputSchema, store.getPart(apiId, 'integrations', id), request),
        ),
    },
    {
      part: 'authorizers',
      create: (apiId, request) => {
        const id = newId(6);
        changes.putAuthorizer(apiId, id, parse(authorizerInputSchema, restBody(request)));
        return id;
      },
      update: (apiId, id, request) =>
        changes.putAuthorizer(
          apiId,
          id,
          merge(authorizerInputSchema, store.getPart(apiId, 'authorizers', id), request),
        ),
    },
    {
      part: 'stages',
      create: (apiId, request) => {
        const input = parse(stageInputSchema, restBody(request));
        if (store.get(apiId).stages.some(({ stageName }) => stageName === input.stageName)) {
          throw new AwsError('ConflictException', `Stage already exists: ${input.stageName}`, 409);
        }
        changes.putStage(apiId, input);
        return input.stageName;
      },
      update: (apiId, id, request) =>
        changes.putStage(apiId, merge(stageInputSchema, store.getPart(apiId, 'stages', id), request)),
    },
  ];
  return definitions.flatMap(({ part, create, update }): RestRoute[] => {
    const path = `/v2/apis/{apiId}/${part}`;
    return [
      { method: 'GET', path, handle: (_, { apiId = '' }) => list(store.get(apiId)[part]) },
      {
        method: 'POST',
        path,
        handle: (request, { apiId = '' }) => {
          const id = create(apiId, request);
          return { status: 201, body: store.getPart(apiId, part, id) };
        },
      },
      { method: 'GET', path: `${path}/{id}`, handle: (_, p) => ({ body: store.getPart(...idsOf(p, part)) }) },
      {
        method: 'PATCH',
        path: `${path}/{id}`,
        handle: (request, { apiId = '', id = '' }) => {
          update(apiId, id, request);
          return { body: store.getPart(apiId, part, id) };
        },
      },
      {
        method: 'DELETE',
        path: `${path}/{id}`,
        handle: (_, { apiId = '', id = '' }) => {
          store.getPart(apiId, part, id);
          store.deletePart(apiId, part, id);
          return { status: 204 };
        },
      },
    ];
  });
}

function idsOf<P>({ apiId = '', id = '' }: RestParameters, part: P): [string, P, string] {
  return [apiId, part, id];
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

/** Tags of APIs and stages, by ARN: `arn:aws:apigateway:<region>::/apis/<id>[/stages/<name>]`. */
function tagRoutes({ store }: Services): RestRoute[] {
  const tagged = (resourceArn: string) => {
    const resource = parseArn(resourceArn)?.resource ?? '';
    const [, apiId = '', stageName] = /^\/apis\/([^/]+)(?:\/stages\/([^/]+))?$/.exec(resource) ?? [];
    if (stageName === undefined) {
      const api = store.get(apiId);
      return { tags: api.tags ?? {}, write: (tags: Record<string, string>) => store.put({ ...api, tags }) };
    }
    const stage = store.getPart(apiId, 'stages', stageName);
    return {
      tags: stage.tags ?? {},
      write: (tags: Record<string, string>) => store.putPart(apiId, 'stages', { ...stage, tags }),
    };
  };
  const input = z.strictObject({ tags: z.record(z.string(), z.string()) });
  return [
    { method: 'GET', path: '/v2/tags/{arn+}', handle: (_, p) => ({ body: { tags: tagged(p.arn ?? '').tags } }) },
    {
      method: 'POST',
      path: '/v2/tags/{arn+}',
      handle: (request, p) => {
        const { tags, write } = tagged(p.arn ?? '');
        write({ ...tags, ...parse(input, restBody(request)).tags });
        return { status: 201, body: {} };
      },
    },
    {
      method: 'DELETE',
      path: '/v2/tags/{arn+}',
      handle: (request, p) => {
        const { tags, write } = tagged(p.arn ?? '');
        const removed = request.query.getAll('tagKeys');
        write(Object.fromEntries(Object.entries(tags).filter(([key]) => !removed.includes(key))));
        return { status: 204 };
      },
    },
  ];
}

function domainRoutes({ domains, region }: Services): RestRoute[] {
  const show = (domainName: string) => ({
    domainName,
    domainNameArn: arn('apigateway', region, `/domainnames/${domainName}`, ''),
    apiMappingSelectionExpression: '$request.basepath',
    domainNameConfigurations: [
      { apiGatewayDomainName: domainName, domainNameStatus: 'AVAILABLE', endpointType: 'REGIONAL' },
    ],
  });
  const find = (domainName: string) => {
    const domain = domains.list().find(({ name }) => name === domainName);
    if (domain === undefined) throw notFound('domain name', domainName);
    return domain;
  };
  return [
    { method: 'GET', path: '/v2/domainnames', handle: () => list(domains.list().map(({ name }) => show(name))) },
    { method: 'GET', path: '/v2/domainnames/{name}', handle: (_, p) => ({ body: show(find(p.name ?? '').name) }) },
    {
      method: 'GET',
      path: '/v2/domainnames/{name}/apimappings',
      handle: (_, p) =>
        list(
          find(p.name ?? '').mappings.map(({ mappingId, apiId, stage, basePath }) => ({
            apiMappingId: mappingId,
            apiId,
            stage,
            apiMappingKey: basePath,
          })),
        ),
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

function list(items: readonly object[]) {
  return { body: { items } };
}

/** The input that an update leaves: what is there, with the members of the body put over it. */
function merge<T extends z.ZodRawShape>(schema: z.ZodObject<T>, existing: object, request: AwsRequest) {
  const known = Object.keys(schema.shape);
  const kept = Object.fromEntries(Object.entries(existing).filter(([key]) => known.includes(key)));
  return parse(schema, { ...kept, ...restBody(request) });
}

function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw new AwsError('BadRequestException', z.prettifyError(result.error));
}

function newId(length: number): string {
  return deriveId(length, randomUUID());
}
