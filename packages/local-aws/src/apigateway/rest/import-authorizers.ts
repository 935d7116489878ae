import { deriveId } from '../../core/derive-id.ts';
import type { JsonObject } from '../../core/json.ts';
import type { ApiDefinition, Authorizer } from './api-definition.ts';
import { checkExtensions, type ImportReport, invalid, type OpenApiDocument } from './openapi-document.ts';
import { textOf } from './openapi-values.ts';

const types = { token: 'TOKEN', request: 'REQUEST', cognito_user_pools: 'COGNITO_USER_POOLS' } as const;

/** The security schemes that are authorizers; the ids of these by the scheme's name. */
export function importAuthorizers(
  document: OpenApiDocument,
  definition: ApiDefinition,
  apiId: string,
  report: ImportReport,
): Map<string, string> {
  const ids = new Map<string, string>();
  for (const [name, value] of Object.entries(securitySchemes(document))) {
    report.attempt(`the security scheme ${name}`, () => {
      const scheme = document.object(value);
      checkExtensions(scheme, ['authtype', 'authorizer']);
      if (scheme['x-amazon-apigateway-authorizer'] === undefined) return;
      const id = deriveId(6, apiId, 'authorizer', name);
      ids.set(name, id);
      definition.authorizers[id] = readAuthorizer(
        id,
        name,
        scheme,
        document.object(scheme['x-amazon-apigateway-authorizer']),
      );
    });
  }
  return ids;
}

export function securitySchemes(document: OpenApiDocument): JsonObject {
  const { root, isSwagger } = document;
  return document.object(isSwagger ? root.securityDefinitions : document.object(root.components).securitySchemes);
}

function readAuthorizer(id: string, name: string, scheme: JsonObject, given: JsonObject): Authorizer {
  const kind = (textOf(given.type) ?? '').toLowerCase();
  const type = kind === 'token' || kind === 'request' || kind === 'cognito_user_pools' ? types[kind] : undefined;
  if (type === undefined) throw invalid(`authorizers of type ${kind} are not supported here`);
  const header = `method.request.header.${textOf(scheme.name) ?? 'Authorization'}`;
  const identitySource = textOf(given.identitySource) ?? (type === 'REQUEST' ? undefined : header);
  const authorizerUri = textOf(given.authorizerUri);
  const authorizerCredentials = textOf(given.authorizerCredentials);
  const identityValidationExpression = textOf(given.identityValidationExpression);
  const ttl = Number(given.authorizerResultTtlInSeconds ?? 300);
  if (type !== 'COGNITO_USER_POOLS' && authorizerUri === undefined) throw invalid('authorizerUri is missing');
  if (identitySource === undefined && ttl > 0) throw invalid('identitySource is required when results are kept');
  return {
    id,
    name,
    type,
    resultTtlInSeconds: ttl,
    providerArns: Array.isArray(given.providerARNs) ? given.providerARNs.map(String) : [],
    ...(identitySource !== undefined && { identitySource }),
    ...(authorizerUri !== undefined && { authorizerUri }),
    ...(authorizerCredentials !== undefined && { authorizerCredentials }),
    ...(identityValidationExpression !== undefined && { identityValidationExpression }),
  };
}
