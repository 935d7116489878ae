import { decodeSegment } from '../../core/decode-segment.ts';
import type { ApiDefinition, Integration } from './api-definition.ts';
import { contextVariables } from './context-variables.ts';
import { type Exchange, headerOf, lastValues } from './exchange.ts';
import { configurationError, GatewayError, internalServerError } from './gateway-error.ts';
import { isBinaryType, mediaTypeOf } from './media-types.ts';
import { compileRequestMappings, type RequestPlace, valuesOf } from './parameter-mapping.ts';
import {
  BodyNotJsonError,
  compileMappingTemplate,
  type MappingTemplate,
  type TemplateInput,
} from './vtl/mapping-template.ts';
import { toText } from './vtl/text.ts';
import { isMap, memberOf, VtlError, type VtlMap } from './vtl/value.ts';

/** What an integration that is not a proxy is called with. */
export type IntegrationRequest = {
  /** By name in lower case. */
  readonly headers: Map<string, { readonly name: string; readonly values: readonly string[] }>;
  readonly query: Map<string, readonly string[]>;
  readonly path: Map<string, string>;
  readonly body: Buffer | string;
  /** `$context`, with what the request template wrote into it. */
  readonly context: VtlMap;
};

/** Compiles how the method's request becomes the integration's. @throws AwsError, VtlError */
export function compileIntegrationRequest(
  integration: Integration,
  { binaryMediaTypes }: Pick<ApiDefinition, 'binaryMediaTypes'>,
): (exchange: Exchange) => IntegrationRequest {
  const mappings = compileRequestMappings(integration.requestParameters);
  const templates = new Map(
    Object.entries(integration.requestTemplates).map(([type, source]) => [
      mediaTypeOf(type),
      compileMappingTemplate(source),
    ]),
  );
  return (exchange) => {
    const template = chooseTemplate(templates, integration, exchange);
    const body = convertBody(exchange, integration, binaryMediaTypes);
    const context = contextVariables(exchange);
    const mapped: IntegrationRequest = { headers: new Map(), query: new Map(), path: new Map(), body, context };
    for (const { place, name, read } of mappings) {
      const values = valuesOf(read(exchange));
      if (values.length > 0) put(mapped, place, name, values);
    }
    if (template === undefined) return mapped;
    const rendered = renderWith(template, templateInput(exchange, body.toString(), context));
    applyOverrides(mapped, context);
    return { ...mapped, body: rendered };
  };
}

/** The template for the request's content type, or what to do without one. */
function chooseTemplate(
  templates: ReadonlyMap<string, MappingTemplate>,
  { passthroughBehavior }: Integration,
  exchange: Exchange,
): MappingTemplate | undefined {
  const template = templates.get(mediaTypeOf(headerOf(exchange, 'content-type')) || 'application/json');
  if (template !== undefined || passthroughBehavior === 'WHEN_NO_MATCH') return template;
  if (passthroughBehavior === 'NEVER' || templates.size > 0) {
    throw new GatewayError('UNSUPPORTED_MEDIA_TYPE', 'Unsupported Media Type');
  }
  return undefined;
}

function convertBody(
  exchange: Exchange,
  { contentHandling }: Integration,
  binaryMediaTypes: readonly string[],
): Buffer | string {
  const { body } = exchange;
  const isBinary = isBinaryType(headerOf(exchange, 'content-type'), binaryMediaTypes);
  if (contentHandling === 'CONVERT_TO_TEXT' && isBinary) return body.toString('base64');
  if (contentHandling === 'CONVERT_TO_BINARY' && !isBinary) return Buffer.from(body.toString('utf8'), 'base64');
  return isBinary ? body : body.toString('utf8');
}

export function templateInput(exchange: Exchange, body: string, context: VtlMap): TemplateInput {
  return {
    body,
    context,
    stageVariables: exchange.stage.variables,
    parameters: {
      path: Object.fromEntries(
        Object.entries(exchange.resource?.parameters ?? {}).map(([name, value]) => [name, decodeSegment(value)]),
      ),
      querystring: lastValues(exchange.query),
      header: lastValues(exchange.headers),
    },
  };
}

/** @throws GatewayError 400 for a body that is not the JSON it begins like, 500 for what is wrong with the template */
function renderWith(template: MappingTemplate, input: TemplateInput): string {
  try {
    return template(input);
  } catch (error) {
    if (error instanceof BodyNotJsonError) throw new GatewayError('BAD_REQUEST_BODY', error.message);
    if (error instanceof VtlError) throw internalServerError(`Unable to transform request: ${error.message}`);
    throw error;
  }
}

function applyOverrides(request: IntegrationRequest, context: VtlMap): void {
  const overrides = memberOf(context, 'requestOverride');
  if (!isMap(overrides)) return;
  for (const place of ['header', 'querystring', 'path'] as const) {
    const values = memberOf(overrides, place);
    if (!isMap(values)) continue;
    for (const [name, value] of Object.entries(values)) {
      put(request, place, name, Array.isArray(value) ? value.map(toText) : [toText(value)]);
    }
  }
}

function put(request: IntegrationRequest, place: RequestPlace, name: string, values: readonly string[]): void {
  if (place === 'header') request.headers.set(name.toLowerCase(), { name, values });
  else if (place === 'querystring') request.query.set(name, values);
  else request.path.set(name, values.at(-1) ?? '');
}

/** The integration's URI with stage variables and mapped path parameters put in. */
export function fillUri(uri: string, exchange: Exchange, path: ReadonlyMap<string, string>): string {
  return fillStageVariables(uri, exchange).replaceAll(/\{([\w.-]+)\+?\}/g, (_whole, name: string) => {
    const value = path.get(name);
    if (value === undefined) throw configurationError(`no path parameter ${name} is mapped for ${uri}`);
    return value.split('/').map(encodeURIComponent).join('/');
  });
}

export function fillStageVariables(text: string, { stage }: Exchange): string {
  return text.replaceAll(/\$\{stageVariables\.([\w-]+)\}/g, (_whole, name: string) => stage.variables[name] ?? '');
}
