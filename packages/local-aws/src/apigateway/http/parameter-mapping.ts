import type { Exchange, IntegrationAnswer } from './exchange.ts';
import type { HttpRequest } from './http-request.ts';
import { evaluate } from './selection-expression.ts';

type Mapping = {
  readonly action: 'append' | 'overwrite' | 'remove';
  readonly target: 'header' | 'querystring' | 'path' | 'statuscode';
  readonly name: string;
};
type Pairs = readonly (readonly [name: string, value: string])[];

/** Headers that API Gateway keeps to itself. */
const reserved =
  /^(access-control-.*|apigw-.*|authorization|connection|content-(encoding|length|location)|forwarded|keep-alive|origin|proxy-(authenticate|authorization)|te|trailers|transfer-encoding|upgrade|x-amz-.*|x-amzn-.*|x-forwarded-(for|host|proto)|via)$/;

/** Reads `<action>:<header|querystring>.<name>`, `overwrite:path` or `overwrite:statuscode`. */
function parseMapping(destination: string): Mapping | undefined {
  if (destination === 'overwrite:path') return { action: 'overwrite', target: 'path', name: '' };
  if (destination === 'overwrite:statuscode') return { action: 'overwrite', target: 'statuscode', name: '' };
  const [, action, target, name = ''] =
    /^(append|overwrite|remove):(header|querystring)\.(.+)$/.exec(destination) ?? [];
  if (action !== 'append' && action !== 'overwrite' && action !== 'remove') return undefined;
  if (target === 'header') return { action, target, name: name.toLowerCase() };
  return target === 'querystring' ? { action, target, name } : undefined;
}

/** Why API Gateway would refuse the destination of a mapping; undefined when it would not. */
export function mappingProblem(destination: string, side: 'request' | 'response'): string | undefined {
  const mapping = parseMapping(destination);
  const fits =
    side === 'request' ? mapping?.target !== 'statuscode' : /^(header|statuscode)$/.test(mapping?.target ?? '');
  if (mapping === undefined || !fits) return `Invalid mapping expression specified: ${destination}`;
  if (mapping.target !== 'header' || !reserved.test(mapping.name)) return undefined;
  return `Operations on header ${mapping.name} are restricted`;
}

/** @returns the exchange with its request changed as the integration's request parameters say */
export function mapRequest(exchange: Exchange, parameters: Readonly<Record<string, string>>): Exchange {
  let request: HttpRequest = exchange.request;
  for (const [destination, source] of Object.entries(parameters)) {
    const mapping = parseMapping(destination);
    const value = evaluate(source, { exchange });
    if (mapping?.target === 'header') request = { ...request, headers: apply(request.headers, mapping, value) };
    if (mapping?.target === 'path' && value !== undefined) request = { ...request, path: value };
    if (mapping?.target === 'querystring') {
      const query = apply(request.query, mapping, value);
      request = {
        ...request,
        query,
        rawQuery: encodeQuery(query),
      };
    }
  }
  return { ...exchange, request };
}

export function mapResponse(
  exchange: Exchange,
  answer: IntegrationAnswer,
  parameters: Readonly<Record<string, string>>,
): IntegrationAnswer {
  let mapped = answer;
  for (const [destination, source] of Object.entries(parameters)) {
    const mapping = parseMapping(destination);
    const value = evaluate(source, { exchange, answer });
    if (mapping?.target === 'header') mapped = { ...mapped, headers: apply(mapped.headers, mapping, value) };
    const isStatus = mapping?.target === 'statuscode' && /^[2-5]\d\d$/.test(value ?? '');
    if (isStatus) mapped = { ...mapped, status: Number(value) };
  }
  return mapped;
}

function apply(pairs: Pairs, { action, name }: Mapping, value: string | undefined): Pairs {
  if (action === 'remove') return pairs.filter(([candidate]) => candidate !== name);
  if (value === undefined) return pairs;
  const kept = action === 'append' ? pairs : pairs.filter(([candidate]) => candidate !== name);
  return [...kept, [name, value]];
}

function encodeQuery(query: Pairs): string {
  const encoded = new URLSearchParams();
  for (const [name, value] of query) encoded.append(name, value);
  return encoded.toString();
}
