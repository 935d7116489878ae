import * as z from 'zod';
import { deriveId } from '../../core/derive-id.ts';
import { defineResource, property, type ResourceType } from '../../core/resource-type.ts';
import { defaultTimeoutInMillis, type Integration, type Method } from './api-definition.ts';
import type { PutMethod } from './put-method.ts';
import { addResource } from './resource-tree.ts';
import { own, type RestApiStore } from './rest-api-store.ts';

const { string, integer, boolean, inert } = property;

const texts = z.record(z.string(), string());
const flags = z.record(z.string(), boolean());
const contentHandling = z.enum(['CONVERT_TO_BINARY', 'CONVERT_TO_TEXT']).optional();

const integration = z.strictObject({
  Type: z.enum(['AWS', 'AWS_PROXY', 'HTTP', 'HTTP_PROXY', 'MOCK']),
  IntegrationHttpMethod: string().optional(),
  Uri: string().optional(),
  Credentials: string().optional(),
  RequestParameters: texts.optional(),
  RequestTemplates: texts.optional(),
  PassthroughBehavior: z.enum(['WHEN_NO_MATCH', 'WHEN_NO_TEMPLATES', 'NEVER']).optional(),
  ContentHandling: contentHandling,
  TimeoutInMillis: integer().pipe(z.number().min(50)).optional(),
  CacheKeyParameters: inert(),
  CacheNamespace: inert(),
  ConnectionType: z.literal('INTERNET').optional(),
  ResponseTransferMode: z.literal('BUFFERED').optional(),
  IntegrationResponses: z
    .array(
      z.strictObject({
        StatusCode: string(),
        SelectionPattern: string().optional(),
        ResponseParameters: texts.optional(),
        ResponseTemplates: texts.optional(),
        ContentHandling: contentHandling,
      }),
    )
    .optional(),
});

const method = z.strictObject({
  RestApiId: string(),
  ResourceId: string(),
  HttpMethod: string().pipe(z.enum(['ANY', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'])),
  AuthorizationType: z.enum(['NONE', 'AWS_IAM', 'CUSTOM', 'COGNITO_USER_POOLS']).optional(),
  AuthorizerId: string().optional(),
  AuthorizationScopes: z.array(z.string()).optional(),
  ApiKeyRequired: boolean().optional(),
  OperationName: string().optional(),
  RequestParameters: flags.optional(),
  RequestModels: texts.optional(),
  RequestValidatorId: string().optional(),
  MethodResponses: z
    .array(
      z.strictObject({ StatusCode: string(), ResponseParameters: flags.optional(), ResponseModels: texts.optional() }),
    )
    .optional(),
  Integration: integration.optional(),
});
type Properties = z.infer<typeof method>;

const resource = z.strictObject({ RestApiId: string(), ParentId: string(), PathPart: string() });

/** `AWS::ApiGateway::Resource` and `AWS::ApiGateway::Method`. */
export function methodResourceTypes(store: RestApiStore, putMethod: PutMethod): ResourceType[] {
  const put = (properties: Properties): void =>
    putMethod(properties.RestApiId, properties.ResourceId, readMethod(properties));
  return [
    defineResource({
      type: 'AWS::ApiGateway::Resource',
      properties: resource,
      replaceOn: ['RestApiId', 'ParentId', 'PathPart'],
      create: ({ RestApiId, ParentId, PathPart }, { stackName, logicalId, generation = 0 }) => {
        const id = deriveId(6, RestApiId, stackName, logicalId, String(generation));
        addResource(store.api(RestApiId).definition, id, { parentId: ParentId, pathPart: PathPart });
        store.changed();
        return { physicalId: id, attributes: { ResourceId: id } };
      },
      delete: ({ physicalId }, { RestApiId }) => {
        const api = store.apis.get(RestApiId);
        if (api === undefined) return;
        delete api.definition.resources[physicalId];
        store.changed();
      },
    }),
    defineResource({
      type: 'AWS::ApiGateway::Method',
      properties: method,
      replaceOn: ['RestApiId', 'ResourceId', 'HttpMethod'],
      create: (properties, { stackName, logicalId }) => {
        put(properties);
        return { physicalId: `${stackName}-${logicalId}`, attributes: {} };
      },
      update: (properties, { state }) => {
        put(properties);
        return state;
      },
      delete: (_state, { RestApiId, ResourceId, HttpMethod }) => {
        const owner = own(store.apis.get(RestApiId)?.definition.resources ?? {}, ResourceId);
        if (owner === undefined) return;
        delete owner.methods[HttpMethod];
        store.changed();
      },
    }),
  ];
}

function readMethod(properties: Properties): Method {
  return {
    httpMethod: properties.HttpMethod,
    authorizationType: properties.AuthorizationType ?? 'NONE',
    authorizationScopes: properties.AuthorizationScopes ?? [],
    apiKeyRequired: properties.ApiKeyRequired ?? false,
    requestParameters: properties.RequestParameters ?? {},
    requestModels: properties.RequestModels ?? {},
    responses: (properties.MethodResponses ?? []).map(
      ({ StatusCode, ResponseParameters = {}, ResponseModels = {} }) => ({
        statusCode: StatusCode,
        responseParameters: ResponseParameters,
        responseModels: ResponseModels,
      }),
    ),
    ...optional('authorizerId', properties.AuthorizerId),
    ...optional('operationName', properties.OperationName),
    ...optional('requestValidatorId', properties.RequestValidatorId),
    ...optional('integration', readIntegration(properties.Integration)),
  };
}

function readIntegration(given: Properties['Integration']): Integration | undefined {
  if (given === undefined) return undefined;
  return {
    type: given.Type,
    requestParameters: given.RequestParameters ?? {},
    requestTemplates: given.RequestTemplates ?? {},
    passthroughBehavior: given.PassthroughBehavior ?? 'WHEN_NO_MATCH',
    timeoutInMillis: given.TimeoutInMillis ?? defaultTimeoutInMillis,
    responses: (given.IntegrationResponses ?? []).map((response) => ({
      statusCode: response.StatusCode,
      responseParameters: response.ResponseParameters ?? {},
      responseTemplates: response.ResponseTemplates ?? {},
      ...optional('selectionPattern', response.SelectionPattern),
      ...optional('contentHandling', response.ContentHandling),
    })),
    ...optional('httpMethod', given.IntegrationHttpMethod),
    ...optional('uri', given.Uri),
    ...optional('credentials', given.Credentials),
    ...optional('contentHandling', given.ContentHandling),
  };
}

function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  const entry: { [P in K]?: V } = {};
  if (value !== undefined) entry[key] = value;
  return entry;
}
