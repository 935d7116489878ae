import * as z from 'zod';

const texts = z.record(z.string(), z.string());
const flags = z.record(z.string(), z.boolean());

const integrationResponseSchema = z.object({
  statusCode: z.string(),
  /** A pattern over the status, or over the error message of a function; absent on the default. */
  selectionPattern: z.string().optional(),
  responseParameters: texts,
  responseTemplates: texts,
  contentHandling: z.enum(['CONVERT_TO_BINARY', 'CONVERT_TO_TEXT']).optional(),
});

export const integrationSchema = z.object({
  type: z.enum(['AWS', 'AWS_PROXY', 'HTTP', 'HTTP_PROXY', 'MOCK']),
  httpMethod: z.string().optional(),
  uri: z.string().optional(),
  credentials: z.string().optional(),
  requestParameters: texts,
  requestTemplates: texts,
  passthroughBehavior: z.enum(['WHEN_NO_MATCH', 'WHEN_NO_TEMPLATES', 'NEVER']),
  contentHandling: z.enum(['CONVERT_TO_BINARY', 'CONVERT_TO_TEXT']).optional(),
  timeoutInMillis: z.number(),
  responses: z.array(integrationResponseSchema),
});

const methodResponseSchema = z.object({ statusCode: z.string(), responseParameters: flags, responseModels: texts });

export const methodSchema = z.object({
  httpMethod: z.string(),
  authorizationType: z.enum(['NONE', 'AWS_IAM', 'CUSTOM', 'COGNITO_USER_POOLS']),
  authorizerId: z.string().optional(),
  authorizationScopes: z.array(z.string()),
  apiKeyRequired: z.boolean(),
  operationName: z.string().optional(),
  /** `method.request.querystring.limit` and whether it is required. */
  requestParameters: flags,
  /** Model names by content type. */
  requestModels: texts,
  requestValidatorId: z.string().optional(),
  responses: z.array(methodResponseSchema),
  integration: integrationSchema.optional(),
});

const resourceSchema = z.object({
  id: z.string(),
  parentId: z.string().optional(),
  pathPart: z.string(),
  path: z.string(),
  /** By HTTP method or ANY. */
  methods: z.record(z.string(), methodSchema),
});

const modelSchema = z.object({
  id: z.string(),
  name: z.string(),
  contentType: z.string(),
  description: z.string().optional(),
  schema: z.json(),
});

const requestValidatorSchema = z.object({
  id: z.string(),
  name: z.string().optional(),
  validateRequestBody: z.boolean(),
  validateRequestParameters: z.boolean(),
});

const authorizerSchema = z.object({
  id: z.string(),
  name: z.string(),
  type: z.enum(['TOKEN', 'REQUEST', 'COGNITO_USER_POOLS']),
  authorizerUri: z.string().optional(),
  authorizerCredentials: z.string().optional(),
  identitySource: z.string().optional(),
  identityValidationExpression: z.string().optional(),
  resultTtlInSeconds: z.number(),
  providerArns: z.array(z.string()),
});

const gatewayResponseSchema = z.object({
  responseType: z.string(),
  statusCode: z.string().optional(),
  responseParameters: texts,
  responseTemplates: texts,
});

/** What describes a part of an API; without effect on requests. */
const documentationPartSchema = z.object({
  id: z.string(),
  location: z.object({
    type: z.string(),
    path: z.string().optional(),
    method: z.string().optional(),
    statusCode: z.string().optional(),
    name: z.string().optional(),
  }),
  /** JSON, as text. */
  properties: z.string(),
});

const documentationVersionSchema = z.object({
  version: z.string(),
  description: z.string().optional(),
  createdDate: z.number(),
});

/** All that a deployment takes a snapshot of. */
const apiDefinitionSchema = z.object({
  binaryMediaTypes: z.array(z.string()),
  apiKeySource: z.enum(['HEADER', 'AUTHORIZER']),
  minimumCompressionSize: z.number().optional(),
  policy: z.json().optional(),
  /** By id, as everything below but models (by name) and gateway responses (by type). */
  resources: z.record(z.string(), resourceSchema),
  models: z.record(z.string(), modelSchema),
  requestValidators: z.record(z.string(), requestValidatorSchema),
  authorizers: z.record(z.string(), authorizerSchema),
  gatewayResponses: z.record(z.string(), gatewayResponseSchema),
});

const methodSettingSchema = z.object({
  throttlingRateLimit: z.number().optional(),
  throttlingBurstLimit: z.number().optional(),
  loggingLevel: z.enum(['OFF', 'ERROR', 'INFO']).optional(),
  dataTraceEnabled: z.boolean().optional(),
  metricsEnabled: z.boolean().optional(),
});

const canarySchema = z.object({
  deploymentId: z.string(),
  /** 0 to 100. */
  percentTraffic: z.number(),
  /** Absent until one is set. */
  stageVariableOverrides: texts.optional(),
  useStageCache: z.boolean(),
});

const stageSchema = z.object({
  stageName: z.string(),
  deploymentId: z.string(),
  canary: canarySchema.optional(),
  /** A version of the API's documentation. */
  documentationVersion: z.string().optional(),
  description: z.string().optional(),
  variables: texts,
  /** By resource path and method such as `/tasks/GET`, or `*`/`*` for all. */
  methodSettings: z.record(z.string(), methodSettingSchema),
  accessLog: z.object({ destinationArn: z.string(), format: z.string() }).optional(),
  tracingEnabled: z.boolean(),
  tags: texts,
  createdDate: z.number(),
  lastUpdatedDate: z.number(),
});

const deploymentSchema = z.object({
  id: z.string(),
  description: z.string().optional(),
  createdDate: z.number(),
  definition: apiDefinitionSchema,
  /** The stage as it was before this deployment took it. */
  replacedStage: stageSchema.optional(),
});

export const restApiSchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().optional(),
  version: z.string().optional(),
  createdDate: z.number(),
  rootResourceId: z.string(),
  endpointTypes: z.array(z.string()),
  disableExecuteApiEndpoint: z.boolean(),
  tags: texts,
  definition: apiDefinitionSchema,
  deployments: z.record(z.string(), deploymentSchema),
  stages: z.record(z.string(), stageSchema),
  documentation: z
    .object({
      parts: z.record(z.string(), documentationPartSchema),
      versions: z.record(z.string(), documentationVersionSchema),
    })
    .default({ parts: {}, versions: {} }),
});

export type IntegrationResponse = z.infer<typeof integrationResponseSchema>;
export type Integration = z.infer<typeof integrationSchema>;
export type MethodResponse = z.infer<typeof methodResponseSchema>;
export type Method = z.infer<typeof methodSchema>;
export type Resource = z.infer<typeof resourceSchema>;
export type Model = z.infer<typeof modelSchema>;
export type RequestValidator = z.infer<typeof requestValidatorSchema>;
export type Authorizer = z.infer<typeof authorizerSchema>;
export type GatewayResponse = z.infer<typeof gatewayResponseSchema>;
export type ApiDefinition = z.infer<typeof apiDefinitionSchema>;
export type MethodSetting = z.infer<typeof methodSettingSchema>;
export type Canary = z.infer<typeof canarySchema>;
export type Stage = z.infer<typeof stageSchema>;
export type Deployment = z.infer<typeof deploymentSchema>;
export type DocumentationPart = z.infer<typeof documentationPartSchema>;
export type DocumentationVersion = z.infer<typeof documentationVersionSchema>;
export type RestApi = z.infer<typeof restApiSchema>;

/** AWS's default and its longest without a quota increase. */
export const defaultTimeoutInMillis = 29_000;
