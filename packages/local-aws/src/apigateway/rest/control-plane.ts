import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { AwsApi } from '../../core/aws-api.ts';
import { AwsError, unsupportedOperation } from '../../core/aws-error.ts';
import type { Clock } from '../../core/clock.ts';
import { type RestRoute, restBody, restJsonApi } from '../../core/rest-protocol.ts';
import { page, parse, patchSchema } from './control-input.ts';
import { keyRoutes } from './control-keys.ts';
import type { Deployments } from './deployments.ts';
import { type LogRoleCheck, setLogRole } from './log-role.ts';
import { patchApi } from './patch-api.ts';
import { patchStage } from './patch-stage.ts';
import { notFound, own, type RestApiStore } from './rest-api-store.ts';
import { apiView, deploymentView, methodView, resourceView, stageView } from './views.ts';

type Ports = {
  readonly store: RestApiStore;
  readonly deployments: Deployments;
  readonly region: string;
  readonly clock: Clock;
  readonly logRole: LogRoleCheck;
};

const deploymentSchema = z.object({
  description: z.string().optional(),
  stageName: z.string().optional(),
  stageDescription: z.string().optional(),
  variables: z.record(z.string(), z.string()).optional(),
});
const tagsSchema = z.object({ tags: z.record(z.string(), z.string()) });

/** The calls of the API Gateway API that deployment tools make of a REST API; what is not there is refused by name. */
export function controlPlane(ports: Ports): AwsApi {
  return restJsonApi('apigateway', [
    ...apiRoutes(ports),
    ...stageRoutes(ports),
    ...keyRoutes(ports),
    ...tagRoutes(ports),
    {
      method: 'GET',
      path: '/account',
      handle: () => ({ body: accountView(ports.store) }),
    },
    {
      method: 'PATCH',
      path: '/account',
      handle: (request) => {
        for (const { path, value } of parse(patchSchema, restBody(request)).patchOperations ?? []) {
          if (path !== '/cloudwatchRoleArn') throw invalidPatch(path);
          setLogRole(ports.store, ports.logRole, value);
        }
        return { body: accountView(ports.store) };
      },
    },
    {
      method: 'POST',
      path: '/restapis/{apiId}/resources/{resourceId}/methods/{httpMethod}',
      handle: () => {
        throw unsupportedOperation('apigateway', 'TestInvokeMethod');
      },
    },
  ]);
}

function accountView({ cloudWatchRoleArn }: RestApiStore): object {
  return {
    cloudwatchRoleArn: cloudWatchRoleArn,
    throttleSettings: { rateLimit: 10_000, burstLimit: 5000 },
    features: ['UsagePlans'],
    apiKeyVersion: '4',
  };
}

function apiRoutes({ store }: Ports): RestRoute[] {
  return [
    {
      method: 'GET',
      path: '/restapis',
      handle: ({ query }) => page([...store.apis.values()].map(apiView), query),
    },
    {
      method: 'GET',
      path: '/restapis/{apiId}',
      handle: (_request, { apiId = '' }) => ({ body: apiView(store.api(apiId)) }),
    },
    {
      method: 'PATCH',
      path: '/restapis/{apiId}',
      handle: (request, { apiId = '' }) => {
        const api = store.api(apiId);
        patchApi(api, parse(patchSchema, restBody(request)).patchOperations ?? []);
        store.changed();
        return { body: apiView(api) };
      },
    },
    {
      method: 'GET',
      path: '/restapis/{apiId}/resources',
      handle: ({ query }, { apiId = '' }) =>
        page(Object.values(store.api(apiId).definition.resources).map(resourceView), query),
    },
    {
      method: 'GET',
      path: '/restapis/{apiId}/resources/{resourceId}',
      handle: (_request, { apiId = '', resourceId = '' }) => ({
        body: resourceView(own(store.api(apiId).definition.resources, resourceId) ?? notFound('Resource', resourceId)),
      }),
    },
    {
      method: 'GET',
      path: '/restapis/{apiId}/resources/{resourceId}/methods/{httpMethod}',
      handle: (_request, { apiId = '', resourceId = '', httpMethod = '' }) => {
        const { methods } = own(store.api(apiId).definition.resources, resourceId) ?? notFound('Resource', resourceId);
        return { body: methodView(own(methods, httpMethod) ?? notFound('Method', httpMethod)) };
      },
    },
  ];
}

function stageRoutes({ store, deployments }: Ports): RestRoute[] {
  return [
    {
      method: 'GET',
      path: '/restapis/{apiId}/stages',
      handle: ({ query }, { apiId = '' }) => {
        const wanted = query.get('deploymentId');
        const stages = Object.values(store.api(apiId).stages);
        return {
          body: {
            item: stages.filter(({ deploymentId }) => wanted === null || deploymentId === wanted).map(stageView),
          },
        };
      },
    },
    {
      method: 'GET',
      path: '/restapis/{apiId}/stages/{stageName}',
      handle: (_request, { apiId = '', stageName = '' }) => ({ body: stageView(store.stage(apiId, stageName)) }),
    },
    {
      method: 'PATCH',
      path: '/restapis/{apiId}/stages/{stageName}',
      handle: (request, { apiId = '', stageName = '' }) => {
        const { patchOperations = [] } = parse(patchSchema, restBody(request));
        const stage = store.stage(apiId, stageName);
        const { deploymentId, ...settings } = patchStage(stage, patchOperations);
        if (settings.accessLog === undefined) delete stage.accessLog;
        return { body: stageView(deployments.putStage(apiId, stageName, deploymentId, settings)) };
      },
    },
    { method: 'DELETE', path: '/restapis/{apiId}/stages/{stageName}/cache/data', handle: () => ({ status: 202 }) },
    {
      method: 'GET',
      path: '/restapis/{apiId}/deployments',
      handle: ({ query }, { apiId = '' }) =>
        page(Object.values(store.api(apiId).deployments).map(deploymentView), query),
    },
    {
      method: 'GET',
      path: '/restapis/{apiId}/deployments/{deploymentId}',
      handle: (_request, { apiId = '', deploymentId = '' }) => ({
        body: deploymentView(store.deployment(apiId, deploymentId)),
      }),
    },
    {
      method: 'POST',
      path: '/restapis/{apiId}/deployments',
      handle: (request, { apiId = '' }) => {
        const { description, stageName, stageDescription, variables } = parse(deploymentSchema, restBody(request));
        const deployment = deployments.deploy(apiId, randomBytes(3).toString('hex'), description);
        if (stageName !== undefined) {
          deployments.putStage(apiId, stageName, deployment.id, { description: stageDescription, variables });
        }
        return { status: 201, body: deploymentView(deployment) };
      },
    },
  ];
}

/** Tags of APIs and stages, by `arn:aws:apigateway:<region>::/restapis/<id>[/stages/<name>]`. */
function tagRoutes({ store }: Ports): RestRoute[] {
  const tagged = (arn = ''): { tags: Record<string, string> } => {
    const [, apiId = '', stageName] = /:\/restapis\/([^/]+)(?:\/stages\/([^/]+))?$/.exec(arn) ?? [];
    return stageName === undefined ? store.api(apiId) : store.stage(apiId, stageName);
  };
  return [
    { method: 'GET', path: '/tags/{arn+}', handle: (_request, { arn }) => ({ body: { tags: tagged(arn).tags } }) },
    {
      method: 'PUT',
      path: '/tags/{arn+}',
      handle: (request, { arn }) => {
        Object.assign(tagged(arn).tags, parse(tagsSchema, restBody(request)).tags);
        store.changed();
        return { status: 204 };
      },
    },
    {
      method: 'DELETE',
      path: '/tags/{arn+}',
      handle: ({ query }, { arn }) => {
        for (const key of query.getAll('tagKeys')) delete tagged(arn).tags[key];
        store.changed();
        return { status: 204 };
      },
    },
  ];
}

function invalidPatch(path: string): AwsError {
  return new AwsError('BadRequestException', `Invalid patch path ${path}`);
}
