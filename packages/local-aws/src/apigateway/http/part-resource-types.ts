import * as z from 'zod';
import { deriveId } from '../../core/derive-id.ts';
import { defineResource, property, type ResourceContext, type ResourceType } from '../../core/resource-type.ts';
import type { ApiChanges } from './change-api.ts';
import type { HttpApiStore } from './http-api-store.ts';

const { string, integer, boolean } = property;

const route = z.strictObject({
  ApiId: string(),
  RouteKey: string(),
  Target: string().optional(),
  AuthorizationType: z.enum(['NONE', 'AWS_IAM', 'JWT', 'CUSTOM']).optional(),
  AuthorizationScopes: z.array(string()).optional(),
  AuthorizerId: string().optional(),
  OperationName: string().optional(),
});

const responseMapping = z.strictObject({ Destination: string(), Source: string() });
const responseParameters = z
  .record(z.string(), z.strictObject({ ResponseParameters: z.array(responseMapping).optional() }))
  .transform((byStatus) =>
    Object.fromEntries(
      Object.entries(byStatus).map(([status, { ResponseParameters = [] }]) => [
        status,
        Object.fromEntries(ResponseParameters.map(({ Destination, Source }) => [Destination, Source])),
      ]),
    ),
  );

const integration = z.strictObject({
  ApiId: string(),
  IntegrationType: z.enum(['AWS_PROXY', 'HTTP_PROXY']),
  IntegrationSubtype: string().optional(),
  IntegrationUri: string().optional(),
  IntegrationMethod: string().optional(),
  PayloadFormatVersion: string()
    .pipe(z.enum(['1.0', '2.0']))
    .optional(),
  CredentialsArn: string().optional(),
  ConnectionType: z.literal('INTERNET').optional(),
  Description: string().optional(),
  TimeoutInMillis: integer().pipe(z.int().min(50).max(30_000)).optional(),
  RequestParameters: z.record(z.string(), string()).optional(),
  ResponseParameters: responseParameters.optional(),
});

const jwtConfiguration = z
  .strictObject({ Audience: z.array(string()).optional(), Issuer: string() })
  .transform(({ Audience, Issuer }) => ({ audience: Audience, issuer: Issuer }));

const authorizer = z.strictObject({
  ApiId: string(),
  Name: string(),
  AuthorizerType: z.enum(['JWT', 'REQUEST']),
  IdentitySource: z.array(string()).optional(),
  JwtConfiguration: jwtConfiguration.optional(),
  AuthorizerUri: string().optional(),
  AuthorizerPayloadFormatVersion: string()
    .pipe(z.enum(['1.0', '2.0']))
    .optional(),
  AuthorizerResultTtlInSeconds: integer().pipe(z.int().min(0).max(3_600)).optional(),
  AuthorizerCredentialsArn: string().optional(),
  EnableSimpleResponses: boolean().optional(),
});

/** The resource types of what an API consists of: `AWS::ApiGatewayV2::Route`, `Integration` and `Authorizer`. */
export function partResourceTypes(store: HttpApiStore, changes: ApiChanges): ResourceType[] {
  const putRoute = (routeId: string, { ApiId, ...given }: z.infer<typeof route>) => {
    changes.putRoute(ApiId, routeId, {
      routeKey: given.RouteKey,
      target: given.Target,
      authorizationType: given.AuthorizationType,
      authorizationScopes: given.AuthorizationScopes,
      authorizerId: given.AuthorizerId,
      operationName: given.OperationName,
    });
    return { physicalId: routeId, attributes: { RouteId: routeId } };
  };
  const putIntegration = (integrationId: string, { ApiId, ...given }: z.infer<typeof integration>) => {
    changes.putIntegration(ApiId, integrationId, {
      integrationType: given.IntegrationType,
      integrationSubtype: given.IntegrationSubtype,
      integrationUri: given.IntegrationUri,
      integrationMethod: given.IntegrationMethod,
      payloadFormatVersion: given.PayloadFormatVersion,
      credentialsArn: given.CredentialsArn,
      connectionType: given.ConnectionType,
      description: given.Description,
      timeoutInMillis: given.TimeoutInMillis,
      requestParameters: given.RequestParameters,
      responseParameters: given.ResponseParameters,
    });
    return { physicalId: integrationId, attributes: { IntegrationId: integrationId } };
  };
  const putAuthorizer = (authorizerId: string, { ApiId, ...given }: z.infer<typeof authorizer>) => {
    changes.putAuthorizer(ApiId, authorizerId, {
      name: given.Name,
      authorizerType: given.AuthorizerType,
      identitySource: given.IdentitySource,
      jwtConfiguration: given.JwtConfiguration,
      authorizerUri: given.AuthorizerUri,
      authorizerPayloadFormatVersion: given.AuthorizerPayloadFormatVersion,
      authorizerResultTtlInSeconds: given.AuthorizerResultTtlInSeconds,
      authorizerCredentialsArn: given.AuthorizerCredentialsArn,
      enableSimpleResponses: given.EnableSimpleResponses,
    });
    return { physicalId: authorizerId, attributes: { AuthorizerId: authorizerId } };
  };
  return [
    defineResource({
      type: 'AWS::ApiGatewayV2::Route',
      properties: route,
      replaceOn: ['ApiId'],
      create: (properties, context) => putRoute(partIdOf(properties.ApiId, context), properties),
      update: (properties, { state }) => putRoute(state.physicalId, properties),
      delete: ({ physicalId }, { ApiId }) => store.deletePart(ApiId, 'routes', physicalId),
    }),
    defineResource({
      type: 'AWS::ApiGatewayV2::Integration',
      properties: integration,
      replaceOn: ['ApiId'],
      create: (properties, context) => putIntegration(partIdOf(properties.ApiId, context), properties),
      update: (properties, { state }) => putIntegration(state.physicalId, properties),
      delete: ({ physicalId }, { ApiId }) => store.deletePart(ApiId, 'integrations', physicalId),
    }),
    defineResource({
      type: 'AWS::ApiGatewayV2::Authorizer',
      properties: authorizer,
      replaceOn: ['ApiId'],
      create: (properties, context) => putAuthorizer(partIdOf(properties.ApiId, context), properties),
      update: (properties, { state }) => putAuthorizer(state.physicalId, properties),
      delete: ({ physicalId }, { ApiId }) => store.deletePart(ApiId, 'authorizers', physicalId),
    }),
  ];
}

/** Seven characters, as API Gateway's ids of routes and integrations have. */
export function partIdOf(apiId: string, { stackName, logicalId, generation = 0 }: ResourceContext): string {
  return deriveId(7, apiId, stackName, logicalId, String(generation));
}
