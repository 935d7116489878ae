import { AwsError } from '../../core/aws-error.ts';
import type { Clock } from '../../core/clock.ts';
import { logGroupOf } from '../access-log.ts';
import { functionArnOf } from '../function-arn.ts';
import type { HttpApiStore } from './http-api-store.ts';
import type {
  ApiInput,
  AuthorizerInput,
  Configuration,
  Cors,
  HttpApi,
  IntegrationInput,
  RouteInput,
  StageInput,
} from './model.ts';
import { mappingProblem } from './parameter-mapping.ts';
import { parseRouteKey } from './route-key.ts';
import { sqsSubtypes } from './sqs-integration.ts';

/**
 * Changes APIs and refuses what API Gateway refuses. `put…` makes what is not there under that id and replaces what
 * is. Used by CloudFormation and by the control plane alike.
 */
export class ApiChanges {
  readonly #store: HttpApiStore;
  readonly #clock: Clock;

  constructor(store: HttpApiStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  putApi(apiId: string, input: ApiInput): void {
    checkCors(input.corsConfiguration);
    const existing = this.#store.find(apiId);
    const fresh = {
      createdDate: this.#now(),
      routes: [],
      integrations: [],
      authorizers: [],
      stages: [],
      deployments: [],
    };
    const { createdDate, routes, integrations, authorizers, stages, deployments } = existing ?? fresh;
    this.#store.put({ ...input, apiId, createdDate, routes, integrations, authorizers, stages, deployments });
  }

  putRoute(apiId: string, routeId: string, input: RouteInput): void {
    const api = this.#store.get(apiId);
    if (parseRouteKey(input.routeKey) === undefined) {
      throw badRequest(`The provided route key is not formatted properly for HTTP protocol: ${input.routeKey}`);
    }
    if (api.routes.some((other) => other.routeKey === input.routeKey && other.routeId !== routeId)) {
      throw new AwsError('ConflictException', `Route with key ${input.routeKey} already exists for this API`, 409);
    }
    checkAuthorization(api, input);
    if (input.target !== undefined) this.#store.getPart(apiId, 'integrations', input.target.split('/')[1] ?? '');
    this.#store.putPart(apiId, 'routes', { ...input, routeId });
  }

  putIntegration(apiId: string, integrationId: string, input: IntegrationInput): void {
    checkIntegration(input);
    this.#store.putPart(apiId, 'integrations', { ...input, integrationId });
  }

  putAuthorizer(apiId: string, authorizerId: string, input: AuthorizerInput): void {
    checkAuthorizer(input);
    this.#store.putPart(apiId, 'authorizers', { ...input, authorizerId });
  }

  putStage(apiId: string, input: StageInput): void {
    const api = this.#store.get(apiId);
    const destination = input.accessLogSettings?.destinationArn;
    if (destination !== undefined && logGroupOf(destination) === undefined) {
      throw badRequest(`Access logs go to CloudWatch Logs only here: ${destination}`);
    }
    if (input.deploymentId !== undefined) this.#store.getPart(apiId, 'deployments', input.deploymentId);
    for (const routeKey of Object.keys(input.routeSettings ?? {})) {
      const isKnown = api.routes.some((route) => route.routeKey === routeKey);
      if (!isKnown) throw new AwsError('NotFoundException', `Unable to find Route by key ${routeKey}`, 404);
    }
    const existing = api.stages.find(({ stageName }) => stageName === input.stageName);
    this.#store.putPart(apiId, 'stages', { ...input, createdDate: existing?.createdDate ?? this.#now() });
  }

  /** Takes a copy of the API as it is now; stages that name the deployment serve that copy. */
  putDeployment(apiId: string, deploymentId: string, description: string | undefined, stageName?: string): void {
    const api = this.#store.get(apiId);
    if (api.routes.length === 0) throw badRequest('At least one route is required before deploying the Api.');
    const { corsConfiguration, routes, integrations, authorizers } = api;
    const configuration: Configuration = { corsConfiguration, routes, integrations, authorizers };
    this.#store.putPart(apiId, 'deployments', { deploymentId, description, createdDate: this.#now(), configuration });
    if (stageName === undefined) return;
    this.#store.putPart(apiId, 'stages', { ...this.#store.getPart(apiId, 'stages', stageName), deploymentId });
  }

  #now(): string {
    return new Date(this.#clock.now()).toISOString();
  }
}

function checkCors(cors: Cors | undefined): void {
  if (cors?.allowCredentials === true && cors.allowOrigins?.includes('*')) {
    throw badRequest('allowCredentials cannot be true when allowOrigins contains the wildcard *');
  }
}

function checkAuthorization(
  api: HttpApi,
  { authorizationType = 'NONE', authorizerId, authorizationScopes }: RouteInput,
): void {
  if (authorizationScopes !== undefined && authorizationScopes.length > 0 && authorizationType !== 'JWT') {
    throw badRequest('Authorization scopes are only supported for routes with a JWT authorizer');
  }
  const wanted = { NONE: undefined, AWS_IAM: undefined, JWT: 'JWT', CUSTOM: 'REQUEST' }[authorizationType];
  if (wanted === undefined) return;
  const authorizer = api.authorizers.find((candidate) => candidate.authorizerId === authorizerId);
  if (authorizer?.authorizerType !== wanted) {
    throw badRequest(
      `AuthorizationType ${authorizationType} needs an authorizer of type ${wanted}, not ${authorizerId}`,
    );
  }
}

function checkIntegration(input: IntegrationInput): void {
  const { requestParameters = {}, responseParameters = {}, integrationSubtype } = input;
  for (const mappings of Object.values(responseParameters)) checkMappings(Object.keys(mappings), 'response');
  if (integrationSubtype !== undefined) {
    checkSubtype(input, integrationSubtype);
    return;
  }
  checkMappings(Object.keys(requestParameters), 'request');
  const { integrationType, integrationUri = '', payloadFormatVersion } = input;
  switch (integrationType) {
    case 'AWS_PROXY':
      if (functionArnOf(integrationUri) === undefined && !integrationUri.includes('${stageVariables.')) {
        throw badRequest(`Invalid integration URI specified, not a Lambda function: ${integrationUri}`);
      }
      if (payloadFormatVersion === undefined) throw badRequest('PayloadFormatVersion is required for AWS_PROXY');
      return;
    case 'HTTP_PROXY':
      if (!/^https?:\/\/[^/]/.test(integrationUri)) throw badRequest(`Invalid HTTP endpoint: ${integrationUri}`);
      if (payloadFormatVersion === '2.0') throw badRequest('HTTP_PROXY integrations take payload format 1.0 only');
  }
}

function checkMappings(destinations: readonly string[], side: 'request' | 'response'): void {
  for (const destination of destinations) {
    const problem = mappingProblem(destination, side);
    if (problem !== undefined) throw badRequest(problem);
  }
}

function checkSubtype({ requestParameters = {}, credentialsArn }: IntegrationInput, name: string): void {
  const subtype = Object.hasOwn(sqsSubtypes, name) ? sqsSubtypes[name] : undefined;
  if (subtype === undefined) {
    throw badRequest(
      `The local endpoint does not support IntegrationSubtype ${name}, only ${Object.keys(sqsSubtypes).join(', ')}. See the support matrix of local-aws.`,
    );
  }
  const { required, optional } = subtype;
  const given = Object.keys(requestParameters);
  const missing = required.filter((parameter) => !given.includes(parameter));
  const unknown = given.filter((parameter) => !required.includes(parameter) && !optional.includes(parameter));
  if (missing.length > 0) throw badRequest(`${name} needs the request parameters ${missing.join(', ')}`);
  if (unknown.length > 0) throw badRequest(`${name} does not take the request parameters ${unknown.join(', ')}`);
  if (credentialsArn === undefined) throw badRequest(`${name} needs CredentialsArn`);
}

function checkAuthorizer({ authorizerType, jwtConfiguration, authorizerUri, ...input }: AuthorizerInput): void {
  const { identitySource = [], authorizerPayloadFormatVersion, authorizerResultTtlInSeconds = 0 } = input;
  for (const source of identitySource) {
    if (!/^\$(request\.(header|querystring)|context|stageVariables)\..+$/.test(source)) {
      throw badRequest(`Invalid identity source: ${source}`);
    }
  }
  if (authorizerType === 'JWT') {
    if (jwtConfiguration === undefined) throw badRequest('A JWT authorizer needs JwtConfiguration');
    // AWS takes https only; the local issuer has no certificate.
    const isIssuer = /^(https:\/\/[^/]|http:\/\/(localhost|127\.0\.0\.1)(:\d+)?(\/|$))/.test(jwtConfiguration.issuer);
    if (!isIssuer) throw badRequest(`Invalid issuer: ${jwtConfiguration.issuer}`);
    if (identitySource.length !== 1) throw badRequest('A JWT authorizer needs exactly one identity source');
    return;
  }
  if (functionArnOf(authorizerUri ?? '') === undefined && !authorizerUri?.includes('${stageVariables.')) {
    throw badRequest(`Invalid authorizer URI, not a Lambda function: ${authorizerUri}`);
  }
  if (authorizerPayloadFormatVersion === undefined) {
    throw badRequest('AuthorizerPayloadFormatVersion is a required parameter for REQUEST authorizer');
  }
  if (authorizerResultTtlInSeconds > 0 && identitySource.length === 0) {
    throw badRequest('Caching needs at least one identity source');
  }
}

function badRequest(message: string): AwsError {
  return new AwsError('BadRequestException', message, 400);
}
