import { validateHeaderName } from 'node:http';
import { type Exchange, type Header, headerOf, type MethodAnswer } from './exchange.ts';
import { configurationError, internalServerError } from './gateway-error.ts';
import { isBinaryType } from './media-types.ts';

const knownKeys = new Set(['statusCode', 'headers', 'multiValueHeaders', 'body', 'isBase64Encoded']);

/**
 * Reads what a function behind a proxy integration returned.
 * @throws GatewayError 502 for whatever does not have the one shape that API Gateway takes
 */
export function readProxyResponse(
  payload: string,
  exchange: Exchange,
  binaryMediaTypes: readonly string[],
): MethodAnswer {
  const response = parseObject(payload);
  const unknown = Object.keys(response).find((key) => !knownKeys.has(key));
  if (unknown !== undefined) throw malformed(`unknown key ${unknown}`);
  const body = scalar(response.body ?? '', 'body');
  const isBase64 = scalar(response.isBase64Encoded ?? false, 'isBase64Encoded').toLowerCase() === 'true';
  return {
    status: readStatus(response.statusCode),
    headers: readHeaders(response.headers, response.multiValueHeaders),
    body: isBase64 && isBinaryType(headerOf(exchange, 'accept'), binaryMediaTypes) ? decodeBase64(body) : body,
  };
}

function parseObject(payload: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(payload);
  } catch {
    throw malformed('it is not JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw malformed('it is not an object');
  return { ...parsed };
}

function readStatus(status: unknown): number {
  if (status === undefined || status === null) return 200;
  const number =
    typeof status === 'number' || (typeof status === 'string' && status !== '') ? Number(status) : Number.NaN;
  if (!Number.isInteger(number) || number < 200 || number > 599)
    throw malformed(`statusCode ${JSON.stringify(status)}`);
  return number;
}

/** Both maps count. Of a name in both, the values of the multi-value one come first, and the other's if it is a new one. */
function readHeaders(single: unknown, multi: unknown): Header[] {
  const byName = new Map<string, Header[]>();
  for (const [name, values] of entriesOf(multi, 'multiValueHeaders')) {
    if (!Array.isArray(values)) throw malformed(`multiValueHeaders.${name} is not a list`);
    byName.set(
      name.toLowerCase(),
      values.map((value: unknown) => header(name, value)),
    );
  }
  for (const [name, value] of entriesOf(single, 'headers')) {
    if (value === null) continue;
    const own = header(name, value);
    const others = byName.get(name.toLowerCase()) ?? [];
    if (others.every(([, other]) => other !== own[1])) {
      byName.set(name.toLowerCase(), [...others, [others[0]?.[0] ?? name, own[1]]]);
    }
  }
  if (!byName.has('content-type')) byName.set('content-type', [['Content-Type', 'application/json']]);
  return [...byName.values()].flat();
}

function entriesOf(map: unknown, name: string): [string, unknown][] {
  if (map === undefined || map === null) return [];
  if (typeof map !== 'object' || Array.isArray(map)) throw malformed(`${name} is not an object`);
  return Object.entries(map);
}

function header(name: string, value: unknown): Header {
  const text = scalar(value, `header ${name}`);
  try {
    validateHeaderName(name);
  } catch {
    throw malformed(`${JSON.stringify(name)} is not a header name`);
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what HTTP forbids in a header
  if (/[\0-\x08\x0a-\x1f\x7f]/.test(text)) throw malformed(`the header ${name} has control characters`);
  return [name, text];
}

function scalar(value: unknown, name: string): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw malformed(`${name} is neither text nor number nor boolean`);
}

function decodeBase64(body: string): Buffer {
  const decoded = Buffer.from(body, 'base64');
  const isBase64 = /^[A-Za-z0-9+/\s]*(?:={1,2}\s*)?$/.test(body);
  if (!isBase64)
    throw configurationError('Execution failed due to configuration error: Unable to base64 decode the body.');
  return decoded;
}

function malformed(problem: string): Error {
  return internalServerError(
    `Execution failed due to configuration error: Malformed Lambda proxy response: ${problem}`,
    502,
  );
}
