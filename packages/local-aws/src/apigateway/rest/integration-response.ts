import type { ApiDefinition, Integration, IntegrationResponse } from './api-definition.ts';
import { type Exchange, type Header, headerOf, type MethodAnswer } from './exchange.ts';
import { configurationError, internalServerError } from './gateway-error.ts';
import { templateInput } from './integration-request.ts';
import { isBinaryType, mediaTypeOf } from './media-types.ts';
import { compileResponseMappings, type ResponseMapping, valuesOf } from './parameter-mapping.ts';
import { remapHeader } from './restricted-headers.ts';
import { javaPattern, matchesWhole } from './vtl/java-text.ts';
import { compileMappingTemplate, type MappingTemplate } from './vtl/mapping-template.ts';
import { toText } from './vtl/text.ts';
import { isMap, memberOf, VtlError, type VtlMap } from './vtl/value.ts';

/** What the other side of an integration answered. */
export type IntegrationAnswer = {
  readonly status: number;
  readonly headers: readonly Header[];
  readonly body: Buffer | string;
  /** Of a function: what it failed with, empty when it did not. Selection patterns run over it and not over the status. */
  readonly errorMessage?: string;
};

export type IntegrationResponder = (answer: IntegrationAnswer, exchange: Exchange, context: VtlMap) => MethodAnswer;

type CompiledResponse = {
  readonly definition: IntegrationResponse;
  readonly mappings: readonly ResponseMapping[];
  readonly templates: ReadonlyMap<string, MappingTemplate>;
};

/** Compiles how the integration's answer becomes the method's. @throws AwsError, VtlError */
export function compileIntegrationResponse(
  integration: Integration,
  { binaryMediaTypes }: Pick<ApiDefinition, 'binaryMediaTypes'>,
  statuses: ReadonlySet<string>,
): IntegrationResponder {
  const responses = integration.responses.map(compileResponse);
  return (answer, exchange, context) => {
    const { definition, mappings, templates } = select(responses, answer);
    if (!statuses.has(definition.statusCode)) {
      throw configurationError(
        `Execution failed due to configuration error: Output mapping refers to an invalid method response: ${definition.statusCode}`,
      );
    }
    const body = convertBody(answer, definition, exchange, binaryMediaTypes);
    const mapped = mapHeaders(mappings, answer, exchange);
    const [contentType, template] = chooseTemplate(templates, exchange);
    const rendered = template === undefined ? body : render(template, exchange, body.toString(), context);
    const { status, headers } = applyOverrides(context, Number(definition.statusCode), mapped);
    if (!headers.has('content-type')) headers.set('content-type', [['Content-Type', contentType]]);
    return { status, headers: [...headers.values()].flat().flatMap(remapHeader), body: rendered };
  };
}

function compileResponse(definition: IntegrationResponse): CompiledResponse {
  if (definition.selectionPattern !== undefined) javaPattern(definition.selectionPattern);
  return {
    definition,
    mappings: compileResponseMappings(definition.responseParameters),
    templates: new Map(
      Object.entries(definition.responseTemplates)
        // An empty template passes the body through, as the console writes it.
        .filter(([, source]) => source !== '')
        .map(([type, source]) => [mediaTypeOf(type), compileMappingTemplate(source)]),
    ),
  };
}

function select(responses: readonly CompiledResponse[], { status, errorMessage }: IntegrationAnswer): CompiledResponse {
  const subject = errorMessage ?? String(status);
  const isDefault = ({ definition }: CompiledResponse): boolean => (definition.selectionPattern ?? '') === '';
  const matching = responses.find(
    (response) => !isDefault(response) && matchesWhole(response.definition.selectionPattern ?? '', subject),
  );
  const chosen = matching ?? responses.find(isDefault);
  if (chosen !== undefined) return chosen;
  throw configurationError(
    `Execution failed due to configuration error: No match for output mapping and no default output mapping configured. Endpoint Response Status Code: ${status}`,
  );
}

function convertBody(
  { headers, body }: IntegrationAnswer,
  { contentHandling }: IntegrationResponse,
  exchange: Exchange,
  binaryMediaTypes: readonly string[],
): Buffer | string {
  if (binaryMediaTypes.length === 0 && contentHandling === undefined) return body;
  const contentType = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  const isBinary = isBinaryType(contentType, binaryMediaTypes);
  const wantsBinary =
    contentHandling === undefined
      ? isBinaryType(headerOf(exchange, 'accept'), binaryMediaTypes)
      : contentHandling === 'CONVERT_TO_BINARY';
  if (isBinary) return wantsBinary ? body : Buffer.from(body).toString('base64');
  return wantsBinary ? Buffer.from(body.toString(), 'base64') : body.toString();
}

type HeadersByName = Map<string, Header[]>;

function mapHeaders(
  mappings: readonly ResponseMapping[],
  { headers, body }: IntegrationAnswer,
  exchange: Exchange,
): HeadersByName {
  const mapped: HeadersByName = new Map();
  const parts = { headers, body: body.toString() };
  for (const { name, read } of mappings) {
    const values = valuesOf(read(parts, exchange));
    if (values.length > 0)
      mapped.set(
        name.toLowerCase(),
        values.map((value): Header => [name, value]),
      );
  }
  return mapped;
}

/** By the client's Accept, else JSON, else the first that there is. */
function chooseTemplate(
  templates: ReadonlyMap<string, MappingTemplate>,
  exchange: Exchange,
): [contentType: string, template: MappingTemplate | undefined] {
  const wanted = (headerOf(exchange, 'accept') ?? '').split(',').map(mediaTypeOf);
  const type = [...wanted, 'application/json', ...templates.keys()].find((candidate) => templates.has(candidate));
  return type === undefined ? ['application/json', undefined] : [type, templates.get(type)];
}

function render(template: MappingTemplate, exchange: Exchange, body: string, context: VtlMap): string {
  try {
    return template(templateInput(exchange, body, context));
  } catch (error) {
    if (error instanceof VtlError) throw internalServerError(`Unable to transform response: ${error.message}`);
    throw error;
  }
}

/** `$context.responseOverride`; a status that is none is ignored. */
function applyOverrides(
  context: VtlMap,
  status: number,
  headers: HeadersByName,
): { status: number; headers: HeadersByName } {
  const overrides = memberOf(context, 'responseOverride');
  if (!isMap(overrides)) return { status, headers };
  const wanted = Number(toText(memberOf(overrides, 'status')) || Number.NaN);
  const own = memberOf(overrides, 'header');
  for (const [name, value] of Object.entries(isMap(own) ? own : {})) {
    const values = Array.isArray(value) ? value.map(toText) : [toText(value)];
    headers.set(
      name.toLowerCase(),
      values.map((text): Header => [name, text]),
    );
  }
  return { status: Number.isInteger(wanted) && wanted >= 200 && wanted <= 599 ? wanted : status, headers };
}
