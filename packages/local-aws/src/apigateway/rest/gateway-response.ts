import type { GatewayResponse } from './api-definition.ts';
import { contextVariables, readVariable } from './context-variables.ts';
import { type Exchange, type Header, headerOf, lastValues, type MethodAnswer } from './exchange.ts';
import { type GatewayError, gatewayResponseTypes } from './gateway-error.ts';
import { mediaTypeOf } from './media-types.ts';
import { toText } from './vtl/text.ts';
import type { VtlMap } from './vtl/value.ts';

export const defaultTemplates = { 'application/json': '{"message":$context.error.messageString}' };
/** Refusals by a policy are spelled with a capital letter. */
const accessDeniedTemplates = { 'application/json': '{"Message":$context.error.messageString}' };

/** Renders what API Gateway answers by itself, as the API customizes it by type or for all 4xx or 5xx. */
export function renderGatewayResponse(
  error: GatewayError,
  exchange: Exchange,
  customized: Readonly<Record<string, GatewayResponse>>,
): MethodAnswer {
  const preset = gatewayResponseTypes[error.type];
  const status = error.status ?? preset.status;
  const custom = customized[error.type] ?? customized[status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX'];
  const templates = Object.keys(custom?.responseTemplates ?? {}).length > 0 ? custom?.responseTemplates : undefined;
  const [contentType, template] = chooseTemplate(
    templates ?? (error.type === 'ACCESS_DENIED' ? accessDeniedTemplates : defaultTemplates),
    headerOf(exchange, 'accept'),
  );
  const variables = contextVariables(exchange);
  const body = substitute(template, variables, exchange);
  const headers: Header[] = [
    ['Content-Type', contentType],
    ['x-amzn-ErrorType', preset.code],
    ...mapHeaders(custom?.responseParameters ?? {}, variables, exchange),
  ];
  const customStatus = custom?.statusCode === undefined ? status : Number(custom.statusCode);
  return { status: customStatus, headers: dropReplaced(headers), body };
}

function chooseTemplate(templates: Readonly<Record<string, string>>, accept: string | undefined): [string, string] {
  const wanted = (accept ?? '').split(',').map(mediaTypeOf);
  const type = [...wanted, 'application/json'].find((candidate) => Object.hasOwn(templates, candidate));
  const [firstType, firstTemplate] = Object.entries(templates)[0] ?? ['application/json', ''];
  return type === undefined ? [firstType, firstTemplate] : [type, templates[type] ?? ''];
}

/**
 * Gateway responses know no VTL: only `$context`, `$stageVariables` and the parameters of the request are put in where
 * they stand.
 */
function substitute(template: string, variables: VtlMap, exchange: Exchange): string {
  return template.replaceAll(
    /\$context\.([a-zA-Z][\w-]*(?:\.[\w-]+)*)|\$stageVariables\.([\w-]+)|\$\{(context|stageVariables)\.([\w.-]+)\}|\$(method\.request\.(?:header|querystring|path)\.[\w-]+)/g,
    (_whole, name?: string, variable?: string, braced?: string, bracedName = '', parameter?: string) => {
      if (name !== undefined) return toText(readVariable(variables, name));
      if (variable !== undefined) return exchange.stage.variables[variable] ?? '';
      if (parameter !== undefined) return requestParameter(parameter, exchange) ?? '';
      return braced === 'context'
        ? toText(readVariable(variables, bracedName))
        : (exchange.stage.variables[bracedName] ?? '');
    },
  );
}

function mapHeaders(parameters: Readonly<Record<string, string>>, variables: VtlMap, exchange: Exchange): Header[] {
  return Object.entries(parameters).flatMap(([target, source]): Header[] => {
    const name = /^gatewayresponse\.header\.(.+)$/.exec(target)?.[1];
    const value = parameterValue(source, variables, exchange);
    return name === undefined || value === undefined || value === '' ? [] : [[name, value]];
  });
}

function parameterValue(source: string, variables: VtlMap, exchange: Exchange): string | undefined {
  if (/^'[\s\S]*'$/.test(source)) return source.slice(1, -1);
  if (source.startsWith('context.')) return toText(readVariable(variables, source.slice('context.'.length)));
  if (source.startsWith('stageVariables.')) return exchange.stage.variables[source.slice('stageVariables.'.length)];
  return requestParameter(source, exchange);
}

function requestParameter(source: string, exchange: Exchange): string | undefined {
  const [, place, name = ''] = /^method\.request\.(header|querystring|path)\.(.+)$/.exec(source) ?? [];
  if (place === 'header') return headerOf(exchange, name);
  if (place === 'querystring') return lastValues(exchange.query)[name];
  return place === 'path' ? exchange.resource?.parameters[name] : undefined;
}

/** Of headers that differ in case only, the last one stays. */
function dropReplaced(headers: readonly Header[]): Header[] {
  return [...new Map(headers.map((header) => [header[0].toLowerCase(), header])).values()];
}
