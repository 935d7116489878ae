import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { defaultTimeoutInMillis, type Integration, type IntegrationResponse } from './api-definition.ts';
import { invalid } from './openapi-document.ts';
import { textOf, textsOf } from './openapi-values.ts';

const knownKeys = new Set(
  'type httpMethod uri credentials requestParameters requestTemplates passthroughBehavior contentHandling timeoutInMillis responses cacheKeyParameters cacheNamespace connectionType payloadFormatVersion'.split(
    ' ',
  ),
);
const types = { aws: 'AWS', aws_proxy: 'AWS_PROXY', http: 'HTTP', http_proxy: 'HTTP_PROXY', mock: 'MOCK' } as const;
const behaviours = { when_no_match: 'WHEN_NO_MATCH', when_no_templates: 'WHEN_NO_TEMPLATES', never: 'NEVER' } as const;

/** `x-amazon-apigateway-integration`. @throws AwsError naming what is not supported */
export function importIntegration(given: JsonObject): Integration {
  const unknown = Object.keys(given).filter((key) => !knownKeys.has(key));
  if (unknown.length > 0) throw invalid(`x-amazon-apigateway-integration: ${unknown.join(', ')} is not supported here`);
  const type = lookUp(types, given.type, 'type') ?? missing('type');
  const connection = textOf(given.connectionType) ?? 'INTERNET';
  if (connection !== 'INTERNET') throw invalid(`the connectionType ${connection} is not supported here`);
  const format = textOf(given.payloadFormatVersion) ?? '1.0';
  if (format !== '1.0') throw invalid(`the payloadFormatVersion ${format} is for HTTP APIs`);
  const httpMethod = textOf(given.httpMethod);
  const uri = textOf(given.uri);
  if (type !== 'MOCK' && uri === undefined) missing('uri');
  const credentials = textOf(given.credentials);
  const contentHandling = handlingOf(given.contentHandling);
  const responses = isJsonObject(given.responses) ? given.responses : {};
  return {
    type,
    requestParameters: textsOf(given.requestParameters),
    requestTemplates: textsOf(given.requestTemplates),
    passthroughBehavior: lookUp(behaviours, given.passthroughBehavior, 'passthroughBehavior') ?? 'WHEN_NO_MATCH',
    timeoutInMillis: Number(given.timeoutInMillis ?? defaultTimeoutInMillis),
    responses: Object.entries(responses).map(([pattern, response]) => readResponse(pattern, response)),
    ...(httpMethod !== undefined && { httpMethod: httpMethod.toUpperCase() }),
    ...(uri !== undefined && { uri }),
    ...(credentials !== undefined && { credentials }),
    ...(contentHandling !== undefined && { contentHandling }),
  };
}

function readResponse(pattern: string, value: JsonValue): IntegrationResponse {
  if (!isJsonObject(value)) throw invalid(`x-amazon-apigateway-integration: the response ${pattern} is not an object`);
  const known = new Set(['statusCode', 'responseParameters', 'responseTemplates', 'contentHandling']);
  const unknown = Object.keys(value).filter((key) => !known.has(key));
  if (unknown.length > 0)
    throw invalid(`x-amazon-apigateway-integration.responses.${pattern}: ${unknown.join(', ')} is not supported`);
  const contentHandling = handlingOf(value.contentHandling);
  return {
    statusCode: textOf(value.statusCode) ?? missing(`responses.${pattern}.statusCode`),
    responseParameters: textsOf(value.responseParameters),
    responseTemplates: textsOf(value.responseTemplates),
    ...(pattern !== 'default' && { selectionPattern: pattern }),
    ...(contentHandling !== undefined && { contentHandling }),
  };
}

function handlingOf(value: JsonValue | undefined): Integration['contentHandling'] {
  const handling = textOf(value);
  if (handling === undefined || handling === 'CONVERT_TO_BINARY' || handling === 'CONVERT_TO_TEXT') return handling;
  throw invalid(`contentHandling is CONVERT_TO_BINARY or CONVERT_TO_TEXT, not ${handling}`);
}

/** Names are written in either case. */
function lookUp<T>(names: Readonly<Record<string, T>>, value: JsonValue | undefined, key: string): T | undefined {
  const name = textOf(value)?.toLowerCase();
  if (name === undefined) return undefined;
  const found = Object.hasOwn(names, name) ? names[name] : undefined;
  if (found === undefined) throw invalid(`x-amazon-apigateway-integration: ${key} ${name} is not known`);
  return found;
}

function missing(key: string): never {
  throw invalid(`x-amazon-apigateway-integration: ${key} is missing`);
}
