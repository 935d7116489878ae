import { AwsError } from '../../core/aws-error.ts';
import { decodeSegment } from '../../core/decode-segment.ts';
import { contextVariables, readVariable } from './context-variables.ts';
import { type Exchange, type Header, headerOf } from './exchange.ts';
import { jsonPath } from './vtl/json-path.ts';
import { parseJson, toJson, toText } from './vtl/text.ts';
import type { VtlValue } from './vtl/value.ts';

/** More than one value for the multi-value sources; undefined when there is nothing to map. */
export type Mapped = string | readonly string[] | undefined;
export type RequestPlace = 'header' | 'querystring' | 'path';
export type RequestMapping = {
  readonly place: RequestPlace;
  readonly name: string;
  readonly read: (exchange: Exchange) => Mapped;
};

/** What an integration answered, as response mappings read it. */
type AnswerParts = { readonly headers: readonly Header[]; readonly body: string };
export type ResponseMapping = {
  readonly name: string;
  readonly read: (answer: AnswerParts, exchange: Exchange) => Mapped;
};

/** Compiles `integration.request.<place>.<name>: <source>`. @throws AwsError naming a mapping that API Gateway does not know */
export function compileRequestMappings(parameters: Readonly<Record<string, string>>): RequestMapping[] {
  return Object.entries(parameters).map(([target, source]) => {
    const [, place, name] = /^integration\.request\.(header|querystring|path)\.(.+)$/.exec(target) ?? [];
    if (name === undefined || (place !== 'header' && place !== 'querystring' && place !== 'path')) {
      throw invalidMapping(target);
    }
    return { place, name, read: compileRequestSource(source) };
  });
}

function compileRequestSource(source: string): RequestMapping['read'] {
  const common = compileCommonSource(source);
  if (common !== undefined) return common;
  if (source === 'method.request.body') return ({ body }) => body.toString('utf8') || '{}';
  const bodyPath = /^method\.request\.body([.[].+)$/.exec(source)?.[1];
  if (bodyPath !== undefined) return ({ body }) => readBody(body.toString('utf8'), bodyPath);
  const [, place, name] =
    /^method\.request\.(header|multivalueheader|querystring|multivaluequerystring|path)\.(.+)$/.exec(source) ?? [];
  if (name === undefined) throw invalidMapping(source);
  switch (place) {
    case 'header':
      return (exchange) => headerOf(exchange, name);
    case 'multivalueheader':
      return ({ headers }) => headers.get(name.toLowerCase())?.values;
    case 'querystring':
      return ({ query }) => query.get(name)?.values.at(-1);
    case 'multivaluequerystring':
      return ({ query }) => query.get(name)?.values;
    default:
      return ({ resource }) => (resource === undefined ? undefined : decoded(resource.parameters[name]));
  }
}

function decoded(segment: string | undefined): string | undefined {
  return segment === undefined ? undefined : decodeSegment(segment);
}

/** Compiles `method.response.header.<name>: <source>`. @throws AwsError */
export function compileResponseMappings(parameters: Readonly<Record<string, string>>): ResponseMapping[] {
  return Object.entries(parameters).map(([target, source]) => {
    const name = /^method\.response\.header\.(.+)$/.exec(target)?.[1];
    if (name === undefined) throw invalidMapping(target);
    return { name, read: compileResponseSource(source) };
  });
}

function compileResponseSource(source: string): ResponseMapping['read'] {
  const common = compileCommonSource(source);
  if (common !== undefined) return (_answer, exchange) => common(exchange);
  if (source === 'integration.response.body') return ({ body }) => body;
  const bodyPath = /^integration\.response\.body([.[].+)$/.exec(source)?.[1];
  if (bodyPath !== undefined) return ({ body }) => readBody(body, bodyPath);
  const [, place, name] = /^integration\.response\.(header|multivalueheader)\.(.+)$/.exec(source) ?? [];
  if (name === undefined) throw invalidMapping(source);
  const valuesOf = ({ headers }: AnswerParts): string[] =>
    headers.filter(([candidate]) => candidate.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
  return (answer) => {
    const values = valuesOf(answer);
    if (values.length === 0) return undefined;
    return place === 'header' ? values.at(-1) : values;
  };
}

function compileCommonSource(source: string): ((exchange: Exchange) => string | undefined) | undefined {
  if (/^'[\s\S]*'$/.test(source)) return () => source.slice(1, -1);
  const [, kind, name] = /^(context|stageVariables)\.(.+)$/.exec(source) ?? [];
  if (name === undefined) return undefined;
  if (kind === 'stageVariables') return ({ stage }) => stage.variables[name];
  return (exchange) => textOf(readVariable(contextVariables(exchange), name));
}

function readBody(body: string, path: string): string | undefined {
  try {
    return textOf(jsonPath(parseJson(body), `$${path}`));
  } catch {
    return undefined;
  }
}

function textOf(value: VtlValue): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'object' ? toJson(value) : toText(value);
}

export function valuesOf(mapped: Mapped): readonly string[] {
  if (mapped === undefined) return [];
  return typeof mapped === 'string' ? [mapped] : mapped;
}

export function invalidMapping(expression: string): AwsError {
  return new AwsError(
    'BadRequestException',
    `Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression parameter specified: ${expression}]`,
  );
}
