import { pathById } from '../../apigateway/api-addresses.ts';
import type { ControlRoute } from '../../control/control-api.ts';
import { isFunctionUrlId } from '../../core/function-url-id.ts';
import type { RouteAccess } from '../../core/web.ts';
import type { DeployedApi } from '../../deployed-apis.ts';
import type { ApiView } from '../api-types.ts';
import { documentAt, documentOfRoutes } from '../apis/api-document.ts';
import { stackLabel } from '../topology/deployed.ts';
import { notFound, prefix } from './input.ts';

export type ApiPorts = {
  readonly apis: () => readonly DeployedApi[];
  readonly routesOf: (apiId: string) => readonly RouteAccess[];
  readonly nameOf: (apiId: string) => string;
  /** The OpenAPI document of the API of a stack, where somebody has one. */
  readonly apiDocument: (stackName: string) => Promise<object | undefined>;
};

/** The deployed APIs and their OpenAPI documents. */
export function apiRoutes({ apis, routesOf, nameOf, apiDocument }: ApiPorts): readonly ControlRoute[] {
  return [
    {
      method: 'GET',
      path: `${prefix}/apis`,
      handle: () => ({
        body: apis().map(
          ({ stack, region, logicalId, apiId, stage, url }): ApiView => ({
            apiId,
            name: nameOf(apiId),
            stack: stackLabel({ name: stack, region }),
            region,
            logicalId,
            stage,
            url,
            path: pathOf({ apiId, stage }),
          }),
        ),
      }),
    },
    {
      method: 'GET',
      path: `${prefix}/apis/{apiId}/document`,
      handle: async (_request, { apiId = '' }) => {
        const api = apis().find((candidate) => candidate.apiId === apiId);
        if (api === undefined) throw notFound(`API ${apiId}`);
        const given = await apiDocument(api.stack);
        const described = { name: nameOf(apiId), path: pathOf(api), routes: routesOf(apiId) };
        return { body: given === undefined ? documentOfRoutes(described) : documentAt(given, described.path) };
      },
    },
  ];
}

/** Below the endpoint, so that the page reaches it under the name by which it was opened. */
function pathOf({ apiId, stage }: Pick<DeployedApi, 'apiId' | 'stage'>): string {
  return isFunctionUrlId(apiId) ? pathById(apiId) : `${pathById(apiId)}/${stage}`;
}
