import { deriveId } from '../../core/derive-id.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import type { ApiDefinition, Resource } from './api-definition.ts';
import { isGatewayResponseType } from './gateway-error.ts';
import { importAuthorizers } from './import-authorizers.ts';
import { importOperation } from './import-operation.ts';
import { checkModelSchema } from './model-schema.ts';
import { checkExtensions, ImportReport, invalid, OpenApiDocument } from './openapi-document.ts';
import { booleanOf, textOf, textsOf } from './openapi-values.ts';

export type ImportOptions = {
  readonly apiId: string;
  readonly rootResourceId: string;
  /** What the import is put over. */
  readonly base: ApiDefinition;
  readonly failOnWarnings: boolean;
  /** `basepath`: `ignore` or `prepend`. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly region: string;
};

export type ImportedApi = {
  readonly definition: ApiDefinition;
  readonly title: string;
  readonly description: string | undefined;
  readonly version: string | undefined;
  readonly disableExecuteApiEndpoint: boolean;
};

/** State of one import. */
export type Import = {
  readonly document: OpenApiDocument;
  readonly report: ImportReport;
  readonly definition: ApiDefinition;
  readonly apiId: string;
  /** Ids of validators by name. */
  readonly validators: ReadonlyMap<string, string>;
  /** Ids of authorizers by the name of their security scheme. */
  readonly authorizers: ReadonlyMap<string, string>;
};

const rootExtensions = [
  'policy',
  'binary-media-types',
  'minimum-compression-size',
  'api-key-source',
  'request-validators',
  'request-validator',
  'gateway-responses',
  'endpoint-configuration',
  'documentation',
  'security-policy',
];
const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'x-amazon-apigateway-any-method'];

/** Imports an OpenAPI description with its `x-amazon-apigateway-` extensions. @throws AwsError naming all that is wrong */
export function importOpenApi(body: JsonValue, options: ImportOptions): ImportedApi {
  const document = new OpenApiDocument(body);
  const report = new ImportReport();
  const definition = structuredClone(options.base);
  const { root } = document;
  const info = document.object(root.info);
  report.attempt('the document', () => {
    checkExtensions(root, rootExtensions);
    checkRoot(root);
    importSettings(root, definition);
  });
  const made: Import = {
    document,
    report,
    definition,
    apiId: options.apiId,
    validators: importValidators(document, definition, options.apiId, report),
    authorizers: importAuthorizers(document, definition, options.apiId, report),
  };
  importModels(made);
  const prefix = basePath(document, options.parameters);
  for (const [path, item] of Object.entries(document.object(root.paths))) {
    if (!path.startsWith('x-')) importPath(made, `${prefix}${path}`, document.object(item), options.rootResourceId);
  }
  report.finish(options.failOnWarnings);
  const endpoint = document.object(root['x-amazon-apigateway-endpoint-configuration']);
  return {
    definition,
    title: textOf(info.title) ?? options.apiId,
    description: textOf(info.description),
    version: textOf(info.version),
    disableExecuteApiEndpoint: booleanOf(endpoint.disableExecuteApiEndpoint) ?? false,
  };
}

function checkRoot({ security }: JsonObject): void {
  if (
    Array.isArray(security) &&
    security.some((requirement) => isJsonObject(requirement) && Object.keys(requirement).length > 0)
  ) {
    throw invalid('API Gateway ignores `security` at the root of the document: write it on each operation');
  }
}

function importSettings(root: JsonObject, definition: ApiDefinition): void {
  const binaryMediaTypes = root['x-amazon-apigateway-binary-media-types'];
  if (Array.isArray(binaryMediaTypes)) definition.binaryMediaTypes = binaryMediaTypes.map(String);
  const compression = root['x-amazon-apigateway-minimum-compression-size'];
  if (compression !== undefined) definition.minimumCompressionSize = Number(compression);
  const keySource = root['x-amazon-apigateway-api-key-source'];
  if (keySource === 'HEADER' || keySource === 'AUTHORIZER') definition.apiKeySource = keySource;
  else if (keySource !== undefined)
    throw invalid(`x-amazon-apigateway-api-key-source is HEADER or AUTHORIZER, not ${String(keySource)}`);
  const policy = root['x-amazon-apigateway-policy'];
  if (policy !== undefined) definition.policy = policy;
  const responses = root['x-amazon-apigateway-gateway-responses'];
  for (const [type, value] of Object.entries(isJsonObject(responses) ? responses : {})) {
    if (!isGatewayResponseType(type)) throw invalid(`${type} is no gateway response type`);
    const response = isJsonObject(value) ? value : {};
    const statusCode = textOf(response.statusCode);
    definition.gatewayResponses[type] = {
      responseType: type,
      responseParameters: textsOf(response.responseParameters),
      responseTemplates: textsOf(response.responseTemplates),
      ...(statusCode !== undefined && { statusCode }),
    };
  }
}

function importValidators(
  document: OpenApiDocument,
  definition: ApiDefinition,
  apiId: string,
  report: ImportReport,
): Map<string, string> {
  const ids = new Map<string, string>();
  report.attempt('x-amazon-apigateway-request-validators', () => {
    for (const [name, value] of Object.entries(
      document.object(document.root['x-amazon-apigateway-request-validators']),
    )) {
      const validator = document.object(value);
      const id = deriveId(6, apiId, 'validator', name);
      ids.set(name, id);
      definition.requestValidators[id] = {
        id,
        name,
        validateRequestBody: booleanOf(validator.validateRequestBody) ?? false,
        validateRequestParameters: booleanOf(validator.validateRequestParameters) ?? false,
      };
    }
  });
  return ids;
}

function importModels({ document, definition, report }: Import): void {
  const { root, isSwagger } = document;
  const schemas = isSwagger ? root.definitions : document.object(root.components).schemas;
  for (const [name, schema] of Object.entries(document.object(schemas))) {
    report.attempt(`Unable to create model for '${name}'`, () => {
      if (!/^[a-zA-Z0-9]+$/.test(name)) throw invalid('Model name must be alphanumeric');
      checkModelSchema(name, schema);
      definition.models[name] = { id: name, name, contentType: 'application/json', schema };
    });
  }
}

function basePath(
  { root, isSwagger }: OpenApiDocument,
  { basepath = 'ignore' }: Readonly<Record<string, string>>,
): string {
  if (basepath === 'ignore') return '';
  if (basepath !== 'prepend') throw invalid(`the import parameter basepath=${basepath} is not supported here`);
  const servers = Array.isArray(root.servers) ? root.servers : [];
  const server = isJsonObject(servers[0]) ? servers[0] : {};
  const variables = isJsonObject(server.variables) ? server.variables : {};
  const url = (textOf(server.url) ?? '').replaceAll(/\{(\w+)\}/g, (_whole, name: string) => {
    const variable = variables[name];
    return isJsonObject(variable) ? (textOf(variable.default) ?? '') : '';
  });
  const path = isSwagger ? (textOf(root.basePath) ?? '') : url.replace(/^https?:\/\/[^/]*/, '');
  return path.replace(/\/$/, '');
}

function importPath(made: Import, path: string, item: JsonObject, rootResourceId: string): void {
  const { report, document } = made;
  report.attempt(path, () => {
    if (!path.startsWith('/')) throw invalid('a path begins with a slash');
    checkExtensions(item, ['any-method']);
    const resource = resourceAt(made, path, rootResourceId);
    for (const name of methods) {
      const operation = item[name];
      if (operation === undefined) continue;
      const httpMethod = name.startsWith('x-') ? 'ANY' : name.toUpperCase();
      report.attempt(`Unable to put method '${httpMethod}' on resource at path '${path}'`, () => {
        const shared = Array.isArray(item.parameters) ? item.parameters : [];
        resource.methods[httpMethod] = importOperation(made, httpMethod, document.object(operation), shared);
      });
    }
  });
}

/** The resource of a path, made with all above it when it is not there yet. */
function resourceAt({ definition, apiId }: Import, path: string, rootResourceId: string): Resource {
  let current = definition.resources[rootResourceId] ?? { id: rootResourceId, pathPart: '', path: '/', methods: {} };
  definition.resources[rootResourceId] = current;
  for (const pathPart of path.split('/').filter((part) => part !== '')) {
    if (/[{}]/.test(pathPart) && !/^\{[\w.$:-]+\+?\}$/.test(pathPart)) {
      throw invalid(`a path parameter is a whole segment, which ${pathPart} is not`);
    }
    const parent = current;
    const siblings = Object.values(definition.resources).filter(({ parentId }) => parentId === parent.id);
    const known = siblings.find((sibling) => sibling.pathPart === pathPart);
    const rival = siblings.find((sibling) => /^\{[^+]+\}$/.test(sibling.pathPart) && /^\{[^+]+\}$/.test(pathPart));
    if (known === undefined && rival !== undefined) {
      throw invalid(
        `A sibling (${rival.pathPart}) of this resource already has a variable path part -- only one is allowed`,
      );
    }
    const at = `${parent.path === '/' ? '' : parent.path}/${pathPart}`;
    const id = deriveId(6, apiId, 'resource', at);
    current = known ?? { id, parentId: parent.id, pathPart, path: at, methods: {} };
    definition.resources[current.id] = current;
  }
  return current;
}
