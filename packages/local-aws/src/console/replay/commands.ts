import { addressById } from '../../apigateway/api-addresses.ts';
import { isJsonObject } from '../../core/json.ts';
import { parseJson } from '../../core/parse-json.ts';
import { parseQueryInput } from '../../core/query-protocol.ts';
import type { Commands, Span } from '../api-types.ts';

/** Headers that a client sets by itself, or that belong to one connection. */
const ownHeaders = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'host',
  'user-agent',
  'x-amzn-trace-id',
  'transfer-encoding',
]);

/** Commands that do again what a span did, for a shell and as a test. @param url of the endpoint */
export function commandsOf(span: Span, url: string): Commands {
  const none = { curl: null, awsCli: null, test: null };
  // A part of a payload would do something else.
  if (span.input?.isTruncated === true || span.input?.encoding === 'base64') return none;
  switch (span.kind) {
    case 'request':
      return { ...none, curl: curlOf(span, url), test: requestTest(span, url) };
    case 'call':
      return { ...none, awsCli: cliOf(span, url) };
    case 'invocation':
      return invocationCommands(span, span.input?.text ?? '{}', url);
    case 'delivery': {
      const { mechanism } = span.attributes;
      const isBatch = (mechanism === 'queue' || mechanism === 'stream') && span.status !== 'filtered';
      return isBatch ? invocationCommands(span, `{"Records":${span.input?.text ?? '[]'}}`, url) : none;
    }
    case 'gateway':
    case 'authorizer':
      return none;
  }
}

type Request = {
  readonly method: string;
  readonly address: string;
  readonly headers: readonly (readonly [string, string])[];
};

function requestOf({ attributes }: Span, url: string): Request {
  const read = (name: string): string => (typeof attributes[name] === 'string' ? attributes[name] : '');
  const query = read('query') === '' ? '' : `?${read('query')}`;
  const stage = read('stage');
  // Without a stage of its own the path begins with it, or the stage is `$default`.
  const base = `${addressById(url, read('apiId'))}${stage === '' ? '' : `/${stage}`}`;
  const headers = Array.isArray(attributes.requestHeaders) ? attributes.requestHeaders : [];
  return {
    method: read('method'),
    address: `${base}${read('path')}${query}`,
    headers: headers.flatMap((pair: unknown): [string, string][] => {
      const [name, value]: unknown[] = Array.isArray(pair) ? pair : [];
      const isSent = typeof name === 'string' && typeof value === 'string' && !ownHeaders.has(name.toLowerCase());
      return isSent ? [[name, value]] : [];
    }),
  };
}

function curlOf(span: Span, url: string): string {
  const { method, address, headers } = requestOf(span, url);
  return [
    `curl -X ${method} ${quote(address)}`,
    // The token is not kept: the shell has to know one.
    ...headers.map(([name, value]) =>
      value === '[redacted]' ? `-H "${name}: $TOKEN"` : `-H ${quote(`${name}: ${value}`)}`,
    ),
    ...(span.input === null ? [] : [`--data-raw ${quote(span.input.text)}`]),
  ].join(' \\\n  ');
}

function requestTest(span: Span, url: string): string {
  const { method, address, headers } = requestOf(span, url);
  const shown = headers.map(
    ([name, value]) =>
      `      ${JSON.stringify(name)}: ${value === '[redacted]' ? '`Bearer $' + '{token}`' : JSON.stringify(value)},`,
  );
  return [
    `it(${JSON.stringify(`answers ${span.operation}`)}, async () => {`,
    `  const response = await fetch(${JSON.stringify(address)}, {`,
    `    method: ${JSON.stringify(method)},`,
    ...(shown.length === 0 ? [] : ['    headers: {', ...shown, '    },']),
    ...(span.input === null ? [] : [`    body: ${JSON.stringify(span.input.text)},`]),
    '  });',
    `  expect(response.status).toBe(${Number(span.attributes.httpStatus ?? 200)});`,
    '});',
    '',
  ].join('\n');
}

function invocationCommands(span: Span, event: string, url: string): Commands {
  const name = JSON.stringify(span.resource);
  const isOk = span.status !== 'error';
  return {
    curl: null,
    awsCli: [
      `aws lambda invoke --endpoint-url ${url}${regionOption(span)} --function-name ${quote(span.resource)}`,
      '--cli-binary-format raw-in-base64-out',
      `--payload ${quote(event)}`,
      '/dev/stdout',
    ].join(' \\\n  '),
    test: [
      `it(${JSON.stringify(`${isOk ? 'runs' : 'fails in'} ${span.resource}`)}, async () => {`,
      `  const lambda = new LambdaClient({ endpoint: ${JSON.stringify(url)}${regionMember(span)} });`,
      `  const event = ${JSON.stringify(parseJson(event) ?? {})};`,
      `  const { FunctionError } = await lambda.send(`,
      `    new InvokeCommand({ FunctionName: ${name}, Payload: JSON.stringify(event) }),`,
      '  );',
      `  expect(FunctionError).${isOk ? 'toBeUndefined()' : "toBe('Unhandled')"};`,
      '});',
      '',
    ].join('\n'),
  };
}

/** Spans name their region if it is not the default one. */
function regionOption({ attributes: { region } }: Span): string {
  return typeof region === 'string' ? ` --region ${region}` : '';
}

function regionMember({ attributes: { region } }: Span): string {
  return typeof region === 'string' ? `, region: ${JSON.stringify(region)}` : '';
}

const cliNames: Readonly<Record<string, string>> = { monitoring: 'cloudwatch' };

function cliOf(span: Span, url: string): string | null {
  const { service, operation, resource, input, attributes } = span;
  const command = `aws ${cliNames[service] ?? service} ${kebab(operation)} --endpoint-url ${url}${regionOption(span)}`;
  const text = input?.text ?? '';
  if (service === 'lambda') {
    if (operation !== 'Invoke') return null;
    const payload = `--cli-binary-format raw-in-base64-out --payload ${quote(text)} /dev/stdout`;
    return `${command} --function-name ${quote(resource)} \\\n  ${payload}`;
  }
  if (service === 's3') {
    const [, bucket = '', key = ''] = /^\/([^/]+)\/(.+)$/.exec(String(attributes.path ?? '')) ?? [];
    if (operation !== 'GetObject' || key === '') return null;
    return `aws s3 cp --endpoint-url ${url} ${quote(`s3://${bucket}/${decodeURIComponent(key)}`)} -`;
  }
  const parsed = text.startsWith('{') ? parseJson(text) : queryInput(text);
  return isJsonObject(parsed) ? `${command} \\\n  --cli-input-json ${quote(JSON.stringify(parsed))}` : null;
}

function queryInput(text: string): unknown {
  const { Action: _action, Version: _version, ...input } = parseQueryInput(new URLSearchParams(text));
  return input;
}

/** `PutItem` is `put-item`, and `ListObjectsV2` is `list-objects-v2`. */
function kebab(action: string): string {
  return action
    .replaceAll(/([a-z])([A-Z])/g, '$1-$2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1-$2')
    .toLowerCase();
}

/** For a POSIX shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
