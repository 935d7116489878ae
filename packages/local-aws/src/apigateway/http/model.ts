import * as z from 'zod';

/*
 * The records of an HTTP API, in the wire form of the API Gateway V2 API (camelCase). The same schemas read the kept
 * state and the bodies of control-plane calls.
 */

const corsSchema = z.strictObject({
  allowCredentials: z.boolean().optional(),
  allowHeaders: z.array(z.string()).optional(),
  allowMethods: z.array(z.string()).optional(),
  allowOrigins: z.array(z.string()).optional(),
  exposeHeaders: z.array(z.string()).optional(),
  maxAge: z.int().min(-1).max(86_400).optional(),
});
export type Cors = z.infer<typeof corsSchema>;

const routeSettingsSchema = z.strictObject({
  detailedMetricsEnabled: z.boolean().optional(),
  throttlingBurstLimit: z.int().min(0).optional(),
  throttlingRateLimit: z.number().min(0).optional(),
});
export type RouteSettings = z.infer<typeof routeSettingsSchema>;

const tagsSchema = z.record(z.string(), z.string());

export const routeInputSchema = z.strictObject({
  routeKey: z.string(),
  target: z
    .string()
    .regex(/^integrations\/[^/]+$/, 'must be integrations/<integration id>')
    .optional(),
  authorizationType: z.enum(['NONE', 'AWS_IAM', 'JWT', 'CUSTOM']).optional(),
  authorizationScopes: z.array(z.string()).optional(),
  authorizerId: z.string().optional(),
  operationName: z.string().optional(),
});
const routeSchema = routeInputSchema.extend({ routeId: z.string() });
export type RouteInput = z.infer<typeof routeInputSchema>;
export type Route = z.infer<typeof routeSchema>;

export const integrationInputSchema = z.strictObject({
  integrationType: z.enum(['AWS_PROXY', 'HTTP_PROXY']),
  integrationSubtype: z.string().optional(),
  integrationUri: z.string().optional(),
  integrationMethod: z.string().optional(),
  payloadFormatVersion: z.enum(['1.0', '2.0']).optional(),
  credentialsArn: z.string().optional(),
  connectionType: z.literal('INTERNET').optional(),
  description: z.string().optional(),
  timeoutInMillis: z.int().min(50).max(30_000).optional(),
  requestParameters: z.record(z.string(), z.string()).optional(),
  /** By status code; destination to source. */
  responseParameters: z.record(z.string().regex(/^\d{3}$/), z.record(z.string(), z.string())).optional(),
});
const integrationSchema = integrationInputSchema.extend({ integrationId: z.string() });
export type IntegrationInput = z.infer<typeof integrationInputSchema>;
export type Integration = z.infer<typeof integrationSchema>;

export const authorizerInputSchema = z.strictObject({
  name: z.string(),
  authorizerType: z.enum(['JWT', 'REQUEST']),
  identitySource: z.array(z.string()).optional(),
  jwtConfiguration: z.strictObject({ audience: z.array(z.string()).optional(), issuer: z.string() }).optional(),
  authorizerUri: z.string().optional(),
  authorizerPayloadFormatVersion: z.enum(['1.0', '2.0']).optional(),
  authorizerResultTtlInSeconds: z.int().min(0).max(3_600).optional(),
  authorizerCredentialsArn: z.string().optional(),
  enableSimpleResponses: z.boolean().optional(),
});
const authorizerSchema = authorizerInputSchema.extend({ authorizerId: z.string() });
export type AuthorizerInput = z.infer<typeof authorizerInputSchema>;
export type Authorizer = z.infer<typeof authorizerSchema>;

export const stageInputSchema = z.strictObject({
  stageName: z.string().regex(/^(\$default|[\w-]{1,128})$/, 'must be $default or up to 128 of A-Z a-z 0-9 _ -'),
  autoDeploy: z.boolean().optional(),
  deploymentId: z.string().optional(),
  description: z.string().optional(),
  stageVariables: z.record(z.string(), z.string()).optional(),
  accessLogSettings: z.strictObject({ destinationArn: z.string(), format: z.string() }).optional(),
  defaultRouteSettings: routeSettingsSchema.optional(),
  /** By route key. */
  routeSettings: z.record(z.string(), routeSettingsSchema).optional(),
  tags: tagsSchema.optional(),
});
const stageSchema = stageInputSchema.extend({ createdDate: z.string() });
export type StageInput = z.infer<typeof stageInputSchema>;
export type Stage = z.infer<typeof stageSchema>;

export const apiInputSchema = z.strictObject({
  name: z.string().min(1).max(128),
  protocolType: z.literal('HTTP'),
  description: z.string().optional(),
  version: z.string().optional(),
  corsConfiguration: corsSchema.optional(),
  disableExecuteApiEndpoint: z.boolean().optional(),
  tags: tagsSchema.optional(),
});
export type ApiInput = z.infer<typeof apiInputSchema>;

/** What a stage serves: the API itself when it deploys automatically, else a deployment's copy of it. */
const configurationShape = {
  corsConfiguration: corsSchema.optional(),
  routes: z.array(routeSchema).readonly(),
  integrations: z.array(integrationSchema).readonly(),
  authorizers: z.array(authorizerSchema).readonly(),
};
const configurationSchema = z.object(configurationShape);
export type Configuration = z.infer<typeof configurationSchema>;

const deploymentSchema = z.object({
  deploymentId: z.string(),
  description: z.string().optional(),
  createdDate: z.string(),
  configuration: configurationSchema,
});

export const httpApiSchema = z.object({
  ...apiInputSchema.shape,
  ...configurationShape,
  apiId: z.string(),
  createdDate: z.string(),
  stages: z.array(stageSchema).readonly(),
  deployments: z.array(deploymentSchema).readonly(),
});
export type HttpApi = z.infer<typeof httpApiSchema>;
