import * as z from 'zod';
import { AwsError } from '../../core/aws-error.ts';
import type { Clock } from '../../core/clock.ts';
import { deriveId, regionPart } from '../../core/derive-id.ts';
import { isJsonObject, type JsonValue } from '../../core/json.ts';
import {
  defineResource,
  property,
  type ResourceContext,
  type ResourceState,
  type ResourceType,
} from '../../core/resource-type.ts';
import { resourceTags } from '../../core/tags.ts';
import type { ApiDefinition, RestApi } from './api-definition.ts';
import { checkCompressionSize } from './compression-size.ts';
import { importOpenApi } from './import-openapi.ts';
import { emptyDefinition, type RestApiStore } from './rest-api-store.ts';

const { string, integer, boolean, json, tags, inert } = property;

const schema = z.strictObject({
  Name: string().optional(),
  Description: string().optional(),
  EndpointConfiguration: z
    .strictObject({
      Types: z.array(z.enum(['EDGE', 'REGIONAL'])).optional(),
      IpAddressType: inert(),
      VpcEndpointIds: z.never().optional(),
    })
    .optional(),
  Policy: json().optional(),
  BinaryMediaTypes: z.array(z.string()).optional(),
  MinimumCompressionSize: integer().optional(),
  ApiKeySourceType: z.enum(['HEADER', 'AUTHORIZER']).optional(),
  DisableExecuteApiEndpoint: boolean().optional(),
  Body: json().optional(),
  FailOnWarnings: boolean().optional(),
  Mode: z.enum(['overwrite', 'merge']).optional(),
  Parameters: z.record(z.string(), z.string()).optional(),
  SecurityPolicy: inert(),
  Tags: tags().optional(),
});
type Properties = z.infer<typeof schema>;

/** `AWS::ApiGateway::RestApi`, built from its own properties or imported from an OpenAPI `Body`. */
export function restApiResourceType(store: RestApiStore, clock: Clock): ResourceType {
  return defineResource({
    type: 'AWS::ApiGateway::RestApi',
    properties: schema,
    replaceOn: [],
    create(properties, context) {
      checkProperties(properties);
      const { stackName, logicalId, generation = 0, region } = context;
      const id = deriveId(10, stackName, logicalId, String(generation), ...regionPart(region));
      const rootId = deriveId(10, id, 'root');
      const definition = emptyDefinition();
      definition.resources[rootId] = { id: rootId, pathPart: '', path: '/', methods: {} };
      const api: RestApi = {
        id,
        name: id,
        createdDate: clock.now(),
        rootResourceId: rootId,
        endpointTypes: ['EDGE'],
        disableExecuteApiEndpoint: false,
        tags: {},
        definition,
        deployments: {},
        stages: {},
        documentation: { parts: {}, versions: {} },
      };
      apply(api, properties, context, undefined);
      store.apis.set(id, api);
      store.changed();
      return stateOf(api);
    },
    update(properties, current, context) {
      checkProperties(properties);
      const api = store.api(current.state.physicalId);
      apply(api, properties, context, current.properties);
      store.changed();
      return stateOf(api);
    },
    delete(state) {
      store.apis.delete(state.physicalId);
      store.changed();
    },
  });
}

function stateOf({ id, rootResourceId }: RestApi): ResourceState {
  return { physicalId: id, attributes: { RestApiId: id, RootResourceId: rootResourceId } };
}

/** @throws AwsError BadRequestException */
function checkProperties({ Description, MinimumCompressionSize = 0, EndpointConfiguration }: Properties): void {
  const refuse = (message: string): never => {
    throw new AwsError('BadRequestException', message);
  };
  if (Description === '') refuse('Description cannot be an empty string');
  checkCompressionSize(MinimumCompressionSize);
  const types = EndpointConfiguration?.Types;
  if (types?.length === 0) refuse('REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.');
  if (types !== undefined && types.length > 1) refuse('Cannot create an api with multiple Endpoint Types.');
}

/** An import goes first; properties beside the body then have the last word. */
function apply(api: RestApi, properties: Properties, context: ResourceContext, previous: Properties | undefined): void {
  const { Body, Name, Mode = 'overwrite', FailOnWarnings = false, Parameters = {} } = properties;
  const isUnchanged = previous !== undefined && sameImport(previous, properties);
  if (Body !== undefined && !isUnchanged) {
    const base = Mode === 'merge' ? api.definition : rootOnly(api);
    const imported = importOpenApi(Body, {
      apiId: api.id,
      rootResourceId: api.rootResourceId,
      base,
      failOnWarnings: FailOnWarnings,
      parameters: Parameters,
      region: context.region,
    });
    api.definition = imported.definition;
    api.name = imported.title;
    if (imported.description !== undefined) api.description = imported.description;
    if (imported.version !== undefined) api.version = imported.version;
    api.disableExecuteApiEndpoint = imported.disableExecuteApiEndpoint;
  }
  if (Name === undefined && Body === undefined) {
    throw new AwsError('BadRequestException', 'Name is required unless the API has a Body');
  }
  if (Name !== undefined) api.name = Name;
  if (properties.Description !== undefined) api.description = properties.Description;
  api.endpointTypes = properties.EndpointConfiguration?.Types ?? ['EDGE'];
  if (properties.DisableExecuteApiEndpoint !== undefined || Body === undefined) {
    api.disableExecuteApiEndpoint = properties.DisableExecuteApiEndpoint ?? false;
  }
  api.tags = resourceTags(context.tags, properties.Tags);
  applyToDefinition(api.definition, properties);
}

function applyToDefinition(definition: ApiDefinition, properties: Properties): void {
  const hasBody = properties.Body !== undefined;
  const { BinaryMediaTypes, ApiKeySourceType, MinimumCompressionSize, Policy } = properties;
  if (BinaryMediaTypes !== undefined || !hasBody) {
    // A slash may be written ~1, as in the patch paths of the API.
    definition.binaryMediaTypes = (BinaryMediaTypes ?? []).map((type) => type.replaceAll('~1', '/'));
  }
  if (ApiKeySourceType !== undefined || !hasBody) definition.apiKeySource = ApiKeySourceType ?? 'HEADER';
  if (MinimumCompressionSize !== undefined) definition.minimumCompressionSize = MinimumCompressionSize;
  else if (!hasBody) delete definition.minimumCompressionSize;
  const policy = readPolicy(Policy);
  if (policy !== undefined) definition.policy = policy;
  else if (!hasBody) delete definition.policy;
}

/** An empty policy is none; the Serverless CLI writes it as an empty text. */
function readPolicy(policy: JsonValue | undefined): JsonValue | undefined {
  if (policy === '' || policy === null) return undefined;
  return isJsonObject(policy) && Object.keys(policy).length === 0 ? undefined : policy;
}

function rootOnly(api: RestApi): ApiDefinition {
  return {
    ...emptyDefinition(),
    resources: { [api.rootResourceId]: { id: api.rootResourceId, pathPart: '', path: '/', methods: {} } },
  };
}

function sameImport(a: Properties, b: Properties): boolean {
  const relevant = ({ Body, Mode, FailOnWarnings, Parameters }: Properties): string =>
    JSON.stringify([Body, Mode, FailOnWarnings, Parameters]);
  return relevant(a) === relevant(b);
}
