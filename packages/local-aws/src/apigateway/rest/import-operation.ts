import { deriveId } from '../../core/derive-id.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import type { Method } from './api-definition.ts';
import { securitySchemes } from './import-authorizers.ts';
import { importIntegration } from './import-integration.ts';
import type { Import } from './import-openapi.ts';
import { checkModelSchema } from './model-schema.ts';
import { checkExtensions, invalid } from './openapi-document.ts';
import { textOf } from './openapi-values.ts';

/** An operation as a method with its integration. @throws AwsError */
export function importOperation(
  made: Import,
  httpMethod: string,
  operation: JsonObject,
  shared: readonly JsonValue[],
): Method {
  checkExtensions(operation, ['integration', 'request-validator', 'auth']);
  const { document } = made;
  const own = Array.isArray(operation.parameters) ? operation.parameters : [];
  const parameters = [...shared, ...own].map((parameter) => document.object(parameter));
  const integration = operation['x-amazon-apigateway-integration'];
  const operationName = textOf(operation.operationId);
  const requestValidatorId = validatorOf(made, operation);
  return {
    httpMethod,
    ...readAuthorization(made, operation),
    ...(operationName !== undefined && { operationName }),
    requestParameters: Object.fromEntries(parameters.flatMap(readParameter)),
    requestModels: readRequestModels(made, operation, parameters),
    ...(requestValidatorId !== undefined && { requestValidatorId }),
    responses: readResponses(made, operation),
    ...(integration !== undefined && { integration: importIntegration(document.object(integration)) }),
  };
}

function validatorOf({ document, validators }: Import, operation: JsonObject): string | undefined {
  const name = textOf(
    operation['x-amazon-apigateway-request-validator'] ?? document.root['x-amazon-apigateway-request-validator'],
  );
  if (name === undefined) return undefined;
  const id = validators.get(name);
  if (id === undefined) throw invalid(`Invalid Request Validator identifier specified: ${name}`);
  return id;
}

const places: Readonly<Record<string, string>> = { path: 'path', query: 'querystring', header: 'header' };

function readParameter(parameter: JsonObject): [string, boolean][] {
  const place = places[textOf(parameter.in) ?? ''];
  if (place === undefined) return [];
  return [[`method.request.${place}.${textOf(parameter.name) ?? ''}`, parameter.required === true]];
}

function readRequestModels(
  made: Import,
  operation: JsonObject,
  parameters: readonly JsonObject[],
): Record<string, string> {
  const { document } = made;
  if (document.isSwagger) {
    const body = parameters.find((parameter) => parameter.in === 'body');
    if (body?.schema === undefined) return {};
    const consumes = operation.consumes ?? document.root.consumes ?? ['application/json'];
    const model = modelOf(made, body.schema);
    return Object.fromEntries((Array.isArray(consumes) ? consumes : []).map((type) => [String(type), model]));
  }
  return readContent(made, document.object(operation.requestBody).content);
}

function readContent(made: Import, content: JsonValue | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(made.document.object(content)).flatMap(([type, value]): [string, string][] => {
      const { schema } = made.document.object(value);
      return schema === undefined ? [] : [[type, modelOf(made, schema)]];
    }),
  );
}

/** The name of the model that a schema refers to; a schema written in place becomes a model with a name of its own. */
function modelOf({ definition, apiId }: Import, schema: JsonValue): string {
  const reference = isJsonObject(schema) ? textOf(schema.$ref) : undefined;
  const name = /^#\/(?:components\/schemas|definitions)\/([^/]+)$/.exec(reference ?? '')?.[1];
  if (name !== undefined) return name;
  const id = deriveId(6, apiId, 'model', JSON.stringify(schema));
  const made = `MODEL${id}`;
  checkModelSchema(made, schema);
  definition.models[made] = { id, name: made, contentType: 'application/json', schema };
  return made;
}

function readResponses(made: Import, operation: JsonObject): Method['responses'] {
  const { document, report } = made;
  return Object.entries(document.object(operation.responses)).flatMap(([statusCode, value]) => {
    if (!/^\d{3}$/.test(statusCode)) {
      report.warnings.push(`the response "${statusCode}" of an operation is passed over`);
      return [];
    }
    const response = document.object(value);
    const headers = Object.keys(document.object(response.headers));
    const responseModels = document.isSwagger
      ? response.schema === undefined
        ? {}
        : { 'application/json': modelOf(made, response.schema) }
      : readContent(made, response.content);
    return [
      {
        statusCode,
        responseParameters: Object.fromEntries(headers.map((name) => [`method.response.header.${name}`, false])),
        responseModels,
      },
    ];
  });
}

type Authorization = Pick<Method, 'authorizationType' | 'authorizerId' | 'authorizationScopes' | 'apiKeyRequired'>;

function readAuthorization(made: Import, operation: JsonObject): Authorization {
  const { document, authorizers, definition } = made;
  const auth = (textOf(document.object(operation['x-amazon-apigateway-auth']).type) ?? '').toUpperCase();
  const result: Authorization = {
    authorizationType: auth === 'AWS_IAM' ? 'AWS_IAM' : 'NONE',
    authorizationScopes: [],
    apiKeyRequired: false,
  };
  const requirements = Array.isArray(operation.security) ? operation.security : [];
  for (const [name, scopes] of requirements.flatMap((requirement) => Object.entries(document.object(requirement)))) {
    const scheme = document.object(securitySchemes(document)[name]);
    const authorizer = definition.authorizers[authorizers.get(name) ?? ''];
    if (authorizer !== undefined) {
      result.authorizationType = authorizer.type === 'COGNITO_USER_POOLS' ? 'COGNITO_USER_POOLS' : 'CUSTOM';
      result.authorizerId = authorizer.id;
      result.authorizationScopes = Array.isArray(scopes) ? scopes.map(String) : [];
    } else if (scheme['x-amazon-apigateway-authtype'] === 'awsSigv4') {
      result.authorizationType = 'AWS_IAM';
    } else if (scheme.type === 'apiKey' && textOf(scheme.name)?.toLowerCase() === 'x-api-key') {
      result.apiKeyRequired = true;
    } else {
      throw invalid(
        `the security scheme ${name} has no x-amazon-apigateway-authorizer: API Gateway would not enforce it`,
      );
    }
  }
  return result;
}
