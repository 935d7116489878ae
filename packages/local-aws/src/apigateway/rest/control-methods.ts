import * as z from 'zod';
import type { AwsRequest } from '../../core/aws-api.ts';
import { AwsError } from '../../core/aws-error.ts';
import type { PathParameters } from '../../core/path-template.ts';
import { type RestRoute, restBody } from '../../core/rest-protocol.ts';
import {
  defaultTimeoutInMillis,
  type Integration,
  type IntegrationResponse,
  integrationSchema,
  type Method,
  type MethodResponse,
  methodSchema,
} from './api-definition.ts';
import { parse, patchesOf } from './control-input.ts';
import {
  patchIntegration,
  patchIntegrationResponse,
  patchMethod,
  patchMethodResponse,
  takesAuthorizer,
} from './patch-method.ts';
import { type PutMethod, resourceOf } from './put-method.ts';
import { notFound, own, type RestApiStore } from './rest-api-store.ts';
import { integrationResponseView, integrationView, methodResponseView, methodView } from './views.ts';

type Ports = { readonly store: RestApiStore; readonly putMethod: PutMethod };

const texts = z.record(z.string(), z.string());
const methodInput = methodSchema.omit({ httpMethod: true, responses: true, integration: true }).extend({
  authorizationScopes: z.array(z.string()).default([]),
  apiKeyRequired: z.boolean().default(false),
  requestParameters: z.record(z.string(), z.boolean()).default({}),
  requestModels: texts.default({}),
});
const integrationInput = integrationSchema.omit({ responses: true, requestParameters: true }).extend({
  requestParameters: texts.default({}),
  requestTemplates: texts.default({}),
  passthroughBehavior: integrationSchema.shape.passthroughBehavior.default('WHEN_NO_MATCH'),
  timeoutInMillis: z.number().min(50).default(defaultTimeoutInMillis),
  connectionType: z.literal('INTERNET', 'VPC links are not supported').optional(),
  cacheKeyParameters: z.array(z.string()).max(0, 'API caches are not supported').optional(),
});
const integrationResponseInput = integrationSchema.shape.responses.element.omit({ statusCode: true }).extend({
  responseParameters: texts.default({}),
  responseTemplates: z.record(z.string(), z.string().nullable()).default({}),
});
const methodResponseInput = z.object({
  responseParameters: z.record(z.string(), z.boolean()).default({}),
  responseModels: texts.default({}),
});

const httpMethods = ['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'ANY'];

/** Calls about methods, their integrations, and the responses of both. */
export function methodRoutes({ store, putMethod }: Ports): RestRoute[] {
  const methodAt = ({ apiId = '', resourceId = '', httpMethod = '' }: PathParameters): Method => {
    const { methods } = resourceOf(definitionOf(store, apiId, resourceId), resourceId);
    return own(methods, httpMethod) ?? notFound('Method', httpMethod);
  };
  const put = ({ apiId = '', resourceId = '' }: PathParameters, method: Method): void =>
    putMethod(apiId, resourceId, method);
  const path = '/restapis/{apiId}/resources/{resourceId}/methods/{httpMethod}';
  return [
    { method: 'GET', path, handle: (_, at) => ({ body: methodView(methodAt(at)) }) },
    {
      method: 'PUT',
      path,
      handle: (request, at) => {
        const { apiId = '', resourceId = '', httpMethod = '' } = at;
        const { methods } = resourceOf(definitionOf(store, apiId, resourceId), resourceId);
        if (!httpMethods.includes(httpMethod)) {
          const message = `Invalid HttpMethod specified. Valid options are ${httpMethods.join(',')}`;
          throw new AwsError('BadRequestException', message);
        }
        if (own(methods, httpMethod) !== undefined) {
          throw new AwsError('ConflictException', 'Method already exists for this resource', 409);
        }
        const input = parse(methodInput, restBody(request));
        const { authorizerId: _, ...anonymous } = input;
        const method: Method = { ...anonymous, httpMethod, responses: [] };
        put(at, takesAuthorizer(method) ? { ...method, ...input } : method);
        return { status: 201, body: methodView(methodAt(at)) };
      },
    },
    {
      method: 'PATCH',
      path,
      handle: (request, at) => {
        put(at, patchMethod(methodAt(at), patchesOf(request, 'updateMethod')));
        return { body: methodView(methodAt(at)) };
      },
    },
    {
      method: 'DELETE',
      path,
      handle: (_, at) => {
        const { apiId = '', resourceId = '' } = at;
        const { httpMethod } = methodAt(at);
        delete resourceOf(store.api(apiId).definition, resourceId).methods[httpMethod];
        store.changed();
        return { status: 204 };
      },
    },
    ...responseRoutes<MethodResponse>({
      path: `${path}/responses/{statusCode}`,
      operation: 'updateMethodResponse',
      updateStatus: 201,
      responsesAt: (at) => methodAt(at).responses,
      put: (at, responses) => put(at, { ...methodAt(at), responses }),
      read: (statusCode, request) => ({ ...parse(methodResponseInput, restBody(request)), statusCode }),
      patch: patchMethodResponse,
      view: methodResponseView,
    }),
    ...integrationRoutes(path, methodAt, put),
  ];
}

type MethodAt = (at: PathParameters) => Method;
type Put = (at: PathParameters, method: Method) => void;

function integrationRoutes(methodPath: string, methodAt: MethodAt, put: Put): RestRoute[] {
  const path = `${methodPath}/integration`;
  const integrationAt = (at: PathParameters): Integration => {
    const { integration } = methodAt(at);
    return integration ?? missing('Invalid Integration identifier specified');
  };
  const putIntegration = (at: PathParameters, integration: Integration): void =>
    put(at, { ...methodAt(at), integration });
  return [
    { method: 'GET', path, handle: (_, at) => ({ body: integrationView(integrationAt(at)) }) },
    {
      method: 'PUT',
      path,
      handle: (request, at) => {
        const { responses = [] } = methodAt(at).integration ?? {};
        const { connectionType: _t, cacheKeyParameters: _k, ...input } = parse(integrationInput, restBody(request));
        putIntegration(at, { ...input, responses });
        return { status: 201, body: integrationView(integrationAt(at)) };
      },
    },
    {
      method: 'PATCH',
      path,
      handle: (request, at) => {
        putIntegration(at, patchIntegration(integrationAt(at), patchesOf(request, 'updateIntegration')));
        return { body: integrationView(integrationAt(at)) };
      },
    },
    {
      method: 'DELETE',
      path,
      handle: (_, at) => {
        integrationAt(at);
        const { integration: _integration, ...method } = methodAt(at);
        put(at, method);
        return { status: 204 };
      },
    },
    ...responseRoutes<IntegrationResponse>({
      path: `${path}/responses/{statusCode}`,
      operation: 'updateIntegrationResponse',
      updateStatus: 200,
      responsesAt: (at) => integrationAt(at).responses,
      put: (at, responses) => putIntegration(at, { ...integrationAt(at), responses }),
      read: (statusCode, request) => {
        const { responseTemplates, ...input } = parse(integrationResponseInput, restBody(request));
        const templates = Object.entries(responseTemplates).map(([type, template]) => [type, template ?? '']);
        return { ...input, responseTemplates: Object.fromEntries(templates), statusCode };
      },
      patch: patchIntegrationResponse,
      view: integrationResponseView,
    }),
  ];
}

type Responses<R> = {
  readonly path: string;
  /** The name of the update, for its errors. */
  readonly operation: string;
  readonly updateStatus: number;
  readonly responsesAt: (at: PathParameters) => readonly R[];
  readonly put: (at: PathParameters, responses: R[]) => void;
  readonly read: (statusCode: string, request: AwsRequest) => R;
  readonly patch: (response: R, operations: ReturnType<typeof patchesOf>) => R;
  readonly view: (response: R) => object;
};

/** The four calls about responses, which are known by their status. */
function responseRoutes<R extends { readonly statusCode: string }>(responses: Responses<R>): RestRoute[] {
  const { path, operation, updateStatus, responsesAt, put, read, patch, view } = responses;
  const responseAt = (at: PathParameters): R => {
    const statusCode = statusOf(at);
    return (
      responsesAt(at).find((response) => response.statusCode === statusCode) ??
      missing('Invalid Response status code specified')
    );
  };
  const replace = (at: PathParameters, ...by: R[]): void => {
    const others = responsesAt(at).filter((response) => response.statusCode !== statusOf(at));
    put(at, [...others, ...by]);
  };
  return [
    { method: 'GET', path, handle: (_, at) => ({ body: view(responseAt(at)) }) },
    {
      method: 'PUT',
      path,
      handle: (request, at) => {
        replace(at, read(statusOf(at), request));
        return { status: 201, body: view(responseAt(at)) };
      },
    },
    {
      method: 'PATCH',
      path,
      handle: (request, at) => {
        const operations = patchesOf(request, operation);
        replace(at, patch(responseAt(at), operations));
        return { status: updateStatus, body: view(responseAt(at)) };
      },
    },
    {
      method: 'DELETE',
      path,
      handle: (_, at) => {
        responseAt(at);
        replace(at);
        return { status: 204 };
      },
    },
  ];
}

function statusOf({ statusCode = '' }: PathParameters): string {
  if (/^[1-5]\d\d$/.test(statusCode)) return statusCode;
  throw new AwsError(
    'ValidationException',
    `1 validation error detected: Value '${statusCode}' at 'statusCode' failed to satisfy constraint: Member must satisfy regular expression pattern: [1-5]\\d\\d`,
  );
}

/** AWS looks for the resource first: of an unknown API it says that the resource is unknown. */
function definitionOf(store: RestApiStore, apiId: string, resourceId: string) {
  return (store.apis.get(apiId) ?? notFound('Resource', resourceId)).definition;
}

function missing(message: string): never {
  throw new AwsError('NotFoundException', message, 404);
}
