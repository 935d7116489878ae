import { AwsError } from '../../core/aws-error.ts';
import type { ApiDefinition, Method, Resource } from './api-definition.ts';
import { authorizerOf } from './authorize.ts';
import { compileIntegration, type IntegrationPorts } from './integrate.ts';
import { notFound, own, type RestApiStore } from './rest-api-store.ts';

/** Makes a method of a resource, or replaces the one that is there. @throws AwsError for what API Gateway refuses */
export type PutMethod = (apiId: string, resourceId: string, method: Method) => void;

/** The way in for methods of templates and of the API alike. */
export function methodPutter(store: RestApiStore, ports: IntegrationPorts): PutMethod {
  return (apiId, resourceId, method) => {
    const { definition } = store.api(apiId);
    const owner = resourceOf(definition, resourceId);
    checkRequest(method, definition);
    const { authorizationType: type } = method;
    if (type === 'CUSTOM' || type === 'COGNITO_USER_POOLS') authorizerOf(method, definition.authorizers);
    if (method.integration !== undefined) compileIntegration(method, method.integration, definition, ports);
    owner.methods[method.httpMethod] = method;
    store.changed();
  };
}

/** @throws AwsError NotFoundException */
export function resourceOf({ resources }: ApiDefinition, resourceId: string): Resource {
  return own(resources, resourceId) ?? notFound('Resource', resourceId);
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
