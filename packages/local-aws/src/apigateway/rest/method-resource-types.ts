import * as z from 'zod';
import { AwsError } from '../../core/aws-error.ts';
import { deriveId } from '../../core/derive-id.ts';
import { defineResource, property, type ResourceContext, type ResourceType } from '../../core/resource-type.ts';
import { type ApiDefinition, defaultTimeoutInMillis, type Integration, type Method } from './api-definition.ts';
import { authorizerOf } from './authorize.ts';
import { compileIntegration, type IntegrationPorts } from './integrate.ts';
import { notFound, own, type RestApiStore } from './rest-api-store.ts';

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
export function methodResourceTypes(store: RestApiStore, ports: IntegrationPorts): ResourceType[] {
  const put = (properties: Properties): void => {
    const { definition } = store.api(properties.RestApiId);
    const owner = own(definition.resources, properties.ResourceId) ?? notFound('Resource', properties.ResourceId);
    const made = readMethod(properties);
    checkRequest(made, definition);
    const { authorizationType: type } = made;
    if (type === 'CUSTOM' || type === 'COGNITO_USER_POOLS') authorizerOf(made, definition.authorizers);
    if (made.integration !== undefined) compileIntegration(made, made.integration, definition, ports);
    owner.methods[made.httpMethod] = made;
    store.changed();
  };
  return [
    defineResource({
      type: 'AWS::ApiGateway::Resource',
      properties: resource,
      replaceOn: ['RestApiId', 'ParentId', 'PathPart'],
      create: ({ RestApiId, ParentId, PathPart }, context) => {
        const id = addResource(store, RestApiId, ParentId, PathPart, context);
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

/** What names nothing would check nothing. The models are those that AWS makes together with an API. */
function checkRequest(method: Method, { models, requestValidators }: ApiDefinition): void {
  const refuse = (message: string): never => {
    throw new AwsError('BadRequestException', message);
  };
  if (method.requestValidatorId !== undefined && own(requestValidators, method.requestValidatorId) === undefined) {
    refuse('Invalid Request Validator identifier specified');
  }
  for (const model of Object.values(method.requestModels)) {
    const isKnown = model === 'Empty' || model === 'Error' || own(models, model) !== undefined;
    if (!isKnown) refuse(`Invalid model identifier specified: ${model}`);
  }
  const names = Object.keys(method.requestParameters).map((name) => name.split('.').slice(3).join('.'));
  if (new Set(names).size < names.length) refuse('Parameter names must be unique across querystring, header and path');
  for (const name of Object.keys(method.requestParameters)) {
    if (/^method\.request\.(header|querystring|path)\../.test(name)) continue;
    refuse(
      `Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression parameter specified: ${name}]`,
    );
  }
}

function addResource(
  store: RestApiStore,
  apiId: string,
  parentId: string,
  pathPart: string,
  { stackName, logicalId, generation = 0 }: ResourceContext,
): string {
  const { resources } = store.api(apiId).definition;
  const parent = own(resources, parentId) ?? notFound('Resource', parentId);
  if (!/^(\{[\w.$:-]+\+?\}|[\w.$:@!*'()+,;=~%-]+)$/.test(pathPart)) {
    throw new AwsError(
      'BadRequestException',
      "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the beginning and the end.",
    );
  }
  if (/^\{.+\+\}$/.test(parent.pathPart)) {
    throw new AwsError(
      'BadRequestException',
      `Cannot create a child of a resource with a greedy path variable: ${parent.pathPart}`,
    );
  }
  const siblings = Object.values(resources).filter((candidate) => candidate.parentId === parentId);
  if (siblings.some((sibling) => sibling.pathPart === pathPart)) {
    const message = `Another resource with the same parent already has this name: ${pathPart}`;
    throw new AwsError('ConflictException', message, 409);
  }
  const variable = pathPart.startsWith('{') ? siblings.find((sibling) => sibling.pathPart.startsWith('{')) : undefined;
  if (variable !== undefined) {
    throw new AwsError(
      'BadRequestException',
      `A sibling (${variable.pathPart}) of this resource already has a variable path part -- only one is allowed`,
    );
  }
  const id = deriveId(6, apiId, stackName, logicalId, String(generation));
  resources[id] = {
    id,
    parentId,
    pathPart,
    path: `${parent.path === '/' ? '' : parent.path}/${pathPart}`,
    methods: {},
  };
  store.changed();
  return id;
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
