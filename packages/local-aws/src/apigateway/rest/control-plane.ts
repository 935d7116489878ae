import * as z from 'zod';
import type { AwsApi } from '../../core/aws-api.ts';
import { unsupportedOperation } from '../../core/aws-error.ts';
import type { Clock } from '../../core/clock.ts';
import type { ResourceType } from '../../core/resource-type.ts';
import { type RestRoute, restBody, restJsonApi } from '../../core/rest-protocol.ts';
import { apiRoutes } from './control-apis.ts';
import { documentationRoutes } from './control-documentation.ts';
import { gatewayResponseRoutes } from './control-gateway-responses.ts';
import { parse, patchesOf, refusePath } from './control-input.ts';
import { keyRoutes } from './control-keys.ts';
import { methodRoutes } from './control-methods.ts';
import { partRoutes } from './control-parts.ts';
import { resourceRoutes } from './control-resources.ts';
import { stageRoutes } from './control-stages.ts';
import type { Deployments } from './deployments.ts';
import { type LogRoleCheck, setLogRole } from './log-role.ts';
import type { PutMethod } from './put-method.ts';
import type { RestApiStore } from './rest-api-store.ts';

type Ports = {
  readonly store: RestApiStore;
  readonly deployments: Deployments;
  readonly region: string;
  readonly clock: Clock;
  readonly logRole: LogRoleCheck;
  readonly putMethod: PutMethod;
  readonly restApiType: ResourceType;
};

const tagsSchema = z.object({ tags: z.record(z.string(), z.string()) });

/** The API Gateway API of REST APIs; what is not there is refused by name. */
export function controlPlane(ports: Ports): AwsApi {
  const { store } = ports;
  return restJsonApi('apigateway', [
    ...apiRoutes(ports),
    ...resourceRoutes(store),
    ...methodRoutes(ports),
    ...partRoutes(store),
    ...gatewayResponseRoutes(store),
    ...stageRoutes(ports),
    ...documentationRoutes(ports),
    ...keyRoutes(ports),
    ...tagRoutes(ports),
    {
      method: 'GET',
      path: '/account',
      handle: () => ({ body: accountView(store) }),
    },
    {
      method: 'PATCH',
      path: '/account',
      handle: (request) => {
        for (const { path, value } of patchesOf(request, 'updateAccount')) {
          if (path !== '/cloudwatchRoleArn') refusePath(path);
          setLogRole(store, ports.logRole, value);
        }
        return { body: accountView(store) };
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
