import * as z from 'zod';
import { AwsError } from '../../core/aws-error.ts';
import { deriveId } from '../../core/derive-id.ts';
import type { JsonValue } from '../../core/json.ts';
import { defineResource, property, type ResourceContext, type ResourceType } from '../../core/resource-type.ts';
import type { ApiDefinition, Authorizer } from './api-definition.ts';
import { isGatewayResponseType } from './gateway-error.ts';
import { checkModelSchema } from './model-schema.ts';
import type { RestApiStore } from './rest-api-store.ts';

const { string, integer, boolean, json, inert } = property;

const requestValidator = z.strictObject({
  RestApiId: string(),
  Name: string().optional(),
  ValidateRequestBody: boolean().optional(),
  ValidateRequestParameters: boolean().optional(),
});
const model = z.strictObject({
  RestApiId: string(),
  Name: string()
    .pipe(z.string().regex(/^[a-zA-Z0-9]+$/, 'Model name must be alphanumeric'))
    .optional(),
  ContentType: string().optional(),
  Description: string().optional(),
  Schema: json().optional(),
});
const gatewayResponse = z.strictObject({
  RestApiId: string(),
  ResponseType: string().pipe(z.string().refine(isGatewayResponseType, 'is no gateway response type')),
  StatusCode: string().optional(),
  ResponseParameters: z.record(z.string(), string()).optional(),
  ResponseTemplates: z.record(z.string(), string()).optional(),
});
const authorizer = z.strictObject({
  RestApiId: string(),
  Name: string(),
  Type: z.enum(['TOKEN', 'REQUEST', 'COGNITO_USER_POOLS']),
  AuthorizerUri: string().optional(),
  AuthorizerCredentials: string().optional(),
  AuthorizerResultTtlInSeconds: integer().pipe(z.number().min(0).max(3600)).optional(),
  IdentitySource: string().optional(),
  IdentityValidationExpression: string().optional(),
  ProviderARNs: z.array(z.string()).optional(),
  AuthType: inert(),
});

/** The types of what belongs to an API beside its resources and methods. */
export function partResourceTypes(store: RestApiStore): ResourceType[] {
  const definitionOf = (apiId: string): ApiDefinition => store.api(apiId).definition;
  const edit = (apiId: string, change: (definition: ApiDefinition) => void): void => {
    const api = store.apis.get(apiId);
    if (api === undefined) return;
    change(api.definition);
    store.changed();
  };
  return [
    defineResource({
      type: 'AWS::ApiGateway::RequestValidator',
      properties: requestValidator,
      replaceOn: ['RestApiId', 'Name'],
      create: (properties, context) => {
        const id = idOf(properties.RestApiId, context);
        definitionOf(properties.RestApiId).requestValidators[id] = readValidator(id, properties);
        store.changed();
        return { physicalId: id, attributes: { RequestValidatorId: id } };
      },
      update: (properties, { state }) => {
        edit(properties.RestApiId, ({ requestValidators }) => {
          requestValidators[state.physicalId] = readValidator(state.physicalId, properties);
        });
        return state;
      },
      delete: ({ physicalId }, { RestApiId }) =>
        edit(RestApiId, ({ requestValidators }) => delete requestValidators[physicalId]),
    }),
    defineResource({
      type: 'AWS::ApiGateway::Model',
      properties: model,
      replaceOn: ['RestApiId', 'Name', 'ContentType'],
      create: (properties, context) => {
        const name = properties.Name ?? context.logicalId;
        const definition = definitionOf(properties.RestApiId);
        if (Object.hasOwn(definition.models, name)) {
          throw new AwsError('ConflictException', 'Model name already exists for this REST API', 409);
        }
        putModel(definition, name, properties);
        store.changed();
        return { physicalId: name, attributes: {} };
      },
      update: (properties, { state }) => {
        edit(properties.RestApiId, (definition) => putModel(definition, state.physicalId, properties));
        return state;
      },
      delete: ({ physicalId }, { RestApiId }) => edit(RestApiId, ({ models }) => delete models[physicalId]),
    }),
    defineResource({
      type: 'AWS::ApiGateway::GatewayResponse',
      properties: gatewayResponse,
      replaceOn: ['RestApiId', 'ResponseType'],
      create: (properties, context) => {
        putGatewayResponse(definitionOf(properties.RestApiId), properties);
        store.changed();
        const id = idOf(properties.RestApiId, context);
        return { physicalId: id, attributes: { Id: id } };
      },
      update: (properties, { state }) => {
        edit(properties.RestApiId, (definition) => putGatewayResponse(definition, properties));
        return state;
      },
      delete: (_state, { RestApiId, ResponseType }) =>
        edit(RestApiId, ({ gatewayResponses }) => delete gatewayResponses[ResponseType]),
    }),
    defineResource({
      type: 'AWS::ApiGateway::Authorizer',
      properties: authorizer,
      replaceOn: ['RestApiId'],
      create: (properties, context) => {
        const id = idOf(properties.RestApiId, context);
        definitionOf(properties.RestApiId).authorizers[id] = readAuthorizer(id, properties);
        store.changed();
        return { physicalId: id, attributes: { AuthorizerId: id } };
      },
      update: (properties, { state }) => {
        edit(properties.RestApiId, ({ authorizers }) => {
          authorizers[state.physicalId] = readAuthorizer(state.physicalId, properties);
        });
        return state;
      },
      delete: ({ physicalId }, { RestApiId }) => edit(RestApiId, ({ authorizers }) => delete authorizers[physicalId]),
    }),
  ];
}

function idOf(owner: string, { stackName, logicalId, generation = 0 }: ResourceContext): string {
  return deriveId(6, owner, stackName, logicalId, String(generation));
}

function readValidator(
  id: string,
  { Name, ValidateRequestBody = false, ValidateRequestParameters = false }: z.infer<typeof requestValidator>,
) {
  return {
    id,
    ...(Name !== undefined && { name: Name }),
    validateRequestBody: ValidateRequestBody,
    validateRequestParameters: ValidateRequestParameters,
  };
}

function putModel({ models }: ApiDefinition, name: string, properties: z.infer<typeof model>): void {
  const { ContentType = 'application/json', Description, Schema } = properties;
  if (Schema === undefined || Schema === '') {
    throw new AwsError('BadRequestException', 'Model schema must have at least 1 property or array items defined');
  }
  const schema: JsonValue = typeof Schema === 'string' ? parse(Schema) : Schema;
  checkModelSchema(name, schema);
  models[name] = {
    id: name,
    name,
    contentType: ContentType,
    schema,
    ...(Description !== undefined && { description: Description }),
  };
}

function parse(schema: string): JsonValue {
  try {
    return JSON.parse(schema);
  } catch (error) {
    throw new AwsError('BadRequestException', `Invalid model schema specified: ${String(error)}`);
  }
}

function putGatewayResponse({ gatewayResponses }: ApiDefinition, properties: z.infer<typeof gatewayResponse>): void {
  const { ResponseType, StatusCode, ResponseParameters = {}, ResponseTemplates = {} } = properties;
  gatewayResponses[ResponseType] = {
    responseType: ResponseType,
    responseParameters: ResponseParameters,
    responseTemplates: ResponseTemplates,
    ...(StatusCode !== undefined && { statusCode: StatusCode }),
  };
}

function readAuthorizer(id: string, properties: z.infer<typeof authorizer>): Authorizer {
  const { Name, Type, AuthorizerUri, AuthorizerCredentials, IdentitySource, IdentityValidationExpression } = properties;
  if (Type !== 'COGNITO_USER_POOLS' && AuthorizerUri === undefined) {
    throw new AwsError('BadRequestException', `Invalid Authorizer URI: an authorizer of type ${Type} needs one`);
  }
  if (Type === 'COGNITO_USER_POOLS' && (properties.ProviderARNs ?? []).length === 0) {
    throw new AwsError('BadRequestException', 'Provider ARNs are required for authorizers of type COGNITO_USER_POOLS');
  }
  const ttl = properties.AuthorizerResultTtlInSeconds ?? 300;
  const source = IdentitySource ?? (Type === 'REQUEST' ? undefined : 'method.request.header.Authorization');
  if (source === undefined && ttl > 0) {
    throw new AwsError(
      'BadRequestException',
      'Identity sources are required when the results of a request authorizer are kept',
    );
  }
  return {
    id,
    name: Name,
    type: Type,
    resultTtlInSeconds: ttl,
    providerArns: properties.ProviderARNs ?? [],
    ...(source !== undefined && { identitySource: source }),
    ...(AuthorizerUri !== undefined && { authorizerUri: AuthorizerUri }),
    ...(AuthorizerCredentials !== undefined && { authorizerCredentials: AuthorizerCredentials }),
    ...(IdentityValidationExpression !== undefined && { identityValidationExpression: IdentityValidationExpression }),
  };
}
