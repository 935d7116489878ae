import * as z from 'zod';
import { deriveId } from '../../core/derive-id.ts';
import { defineResource, property, type ResourceContext, type ResourceType } from '../../core/resource-type.ts';
import type { ApiDefinition, Authorizer, GatewayResponse, Model } from './api-definition.ts';
import { addModel, makeAuthorizer, makeModel } from './api-parts.ts';
import { isGatewayResponseType } from './gateway-error.ts';
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
        addModel(definitionOf(properties.RestApiId), readModel(name, properties));
        store.changed();
        return { physicalId: name, attributes: {} };
      },
      update: (properties, { state }) => {
        edit(properties.RestApiId, ({ models }) => {
          models[state.physicalId] = readModel(state.physicalId, properties);
        });
        return state;
      },
      delete: ({ physicalId }, { RestApiId }) => edit(RestApiId, ({ models }) => delete models[physicalId]),
    }),
    defineResource({
      type: 'AWS::ApiGateway::GatewayResponse',
      properties: gatewayResponse,
      replaceOn: ['RestApiId', 'ResponseType'],
      create: (properties, context) => {
        definitionOf(properties.RestApiId).gatewayResponses[properties.ResponseType] = readGatewayResponse(properties);
        store.changed();
        const id = idOf(properties.RestApiId, context);
        return { physicalId: id, attributes: { Id: id } };
      },
      update: (properties, { state }) => {
        edit(properties.RestApiId, ({ gatewayResponses }) => {
          gatewayResponses[properties.ResponseType] = readGatewayResponse(properties);
        });
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

function readModel(name: string, { ContentType, Description, Schema }: z.infer<typeof model>): Model {
  return makeModel({ id: name, name, contentType: ContentType, description: Description, schema: Schema });
}

function readGatewayResponse(properties: z.infer<typeof gatewayResponse>): GatewayResponse {
  const { ResponseType, StatusCode, ResponseParameters = {}, ResponseTemplates = {} } = properties;
  return {
    responseType: ResponseType,
    responseParameters: ResponseParameters,
    responseTemplates: ResponseTemplates,
    ...(StatusCode !== undefined && { statusCode: StatusCode }),
  };
}

function readAuthorizer(id: string, properties: z.infer<typeof authorizer>): Authorizer {
  return makeAuthorizer({
    id,
    name: properties.Name,
    type: properties.Type,
    resultTtlInSeconds: properties.AuthorizerResultTtlInSeconds,
    providerArns: properties.ProviderARNs,
    identitySource: properties.IdentitySource,
    authorizerUri: properties.AuthorizerUri,
    authorizerCredentials: properties.AuthorizerCredentials,
    identityValidationExpression: properties.IdentityValidationExpression,
  });
}
