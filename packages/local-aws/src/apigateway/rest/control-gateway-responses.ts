import * as z from 'zod';
import { AwsError } from '../../core/aws-error.ts';
import { type RestRoute, restBody } from '../../core/rest-protocol.ts';
import type { ApiDefinition, GatewayResponse } from './api-definition.ts';
import { page, parse, patchesOf } from './control-input.ts';
import { type GatewayResponseType, gatewayResponseTypes, isGatewayResponseType } from './gateway-error.ts';
import { defaultTemplates } from './gateway-response.ts';
import { patchGatewayResponse } from './patch-gateway-response.ts';
import { own, type RestApiStore } from './rest-api-store.ts';

const texts = z.record(z.string(), z.string());
const input = z.object({
  statusCode: z.string().optional(),
  responseParameters: texts.default({}),
  responseTemplates: texts.default({}),
});

/** Calls about gateway responses, which every API has of every type: what is not set answers as it is by default. */
export function gatewayResponseRoutes(store: RestApiStore): RestRoute[] {
  const path = '/restapis/{apiId}/gatewayresponses';
  return [
    {
      method: 'GET',
      path,
      handle: ({ query }, { apiId = '' }) => {
        const { definition } = store.api(apiId);
        const types = Object.keys(gatewayResponseTypes).map(typeOf);
        return page(
          types.map((type) => gatewayResponseView(definition, type)),
          query,
        );
      },
    },
    {
      method: 'GET',
      path: `${path}/{type}`,
      handle: (_, { apiId = '', type = '' }) => {
        const wanted = typeOf(type);
        return { body: gatewayResponseView(store.api(apiId).definition, wanted) };
      },
    },
    {
      method: 'PUT',
      path: `${path}/{type}`,
      handle: (request, { apiId = '', type = '' }) => {
        const responseType = typeOf(type);
        const { definition } = store.api(apiId);
        const { statusCode, ...response } = parse(input, restBody(request));
        definition.gatewayResponses[responseType] = {
          ...response,
          responseType,
          ...(statusCode !== undefined && { statusCode }),
        };
        store.changed();
        return { status: 201, body: gatewayResponseView(definition, responseType) };
      },
    },
    {
      method: 'PATCH',
      path: `${path}/{type}`,
      handle: (request, { apiId = '', type = '' }) => {
        const responseType = typeOf(type);
        const { definition } = store.api(apiId);
        const present = own(definition.gatewayResponses, responseType) ?? emptyResponse(responseType);
        definition.gatewayResponses[responseType] = patchGatewayResponse(
          present,
          patchesOf(request, 'updateGatewayResponse'),
        );
        store.changed();
        return { body: gatewayResponseView(definition, responseType) };
      },
    },
    {
      method: 'DELETE',
      path: `${path}/{type}`,
      handle: (_, { apiId = '', type = '' }) => {
        const responseType = typeOf(type);
        const { gatewayResponses } = store.api(apiId).definition;
        if (own(gatewayResponses, responseType) === undefined) {
          throw new AwsError('NotFoundException', 'Gateway response type not defined on api', 404);
        }
        delete gatewayResponses[responseType];
        store.changed();
        return { status: 202 };
      },
    },
  ];
}

function typeOf(type: string): GatewayResponseType {
  if (isGatewayResponseType(type)) return type;
  throw new AwsError(
    'ValidationException',
    `1 validation error detected: Value '${type}' at 'responseType' failed to satisfy constraint: Member must satisfy enum value set: [${Object.keys(gatewayResponseTypes).join(', ')}]`,
  );
}

function emptyResponse(responseType: string): GatewayResponse {
  return { responseType, responseParameters: {}, responseTemplates: {} };
}

/** A response that is not set shows that of all 4xx or 5xx, as the requests get it. */
function gatewayResponseView({ gatewayResponses }: ApiDefinition, responseType: GatewayResponseType): object {
  const { status } = gatewayResponseTypes[responseType];
  const set = own(gatewayResponses, responseType);
  const shown = set ?? own(gatewayResponses, status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX');
  const { statusCode, responseParameters = {}, responseTemplates = {} } = shown ?? {};
  const isDefault = responseType === 'DEFAULT_4XX' || responseType === 'DEFAULT_5XX';
  return {
    responseType,
    statusCode: statusCode ?? (isDefault ? undefined : String(status)),
    responseParameters,
    responseTemplates: Object.keys(responseTemplates).length > 0 ? responseTemplates : defaultTemplates,
    defaultResponse: set === undefined,
  };
}
