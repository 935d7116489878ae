/** Requests that somebody sends by mistake or with bad intentions, by the part that is wrong. */
import { randomUUID } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';
import type { Operation } from '#test/support/openapi-contract.ts';
import type { Request } from '#test/support/service-client.ts';
import { deep, foreignFields, jsonValues, prototypes, secret, strings } from './hostile-values.ts';

/** Which part of a request can be hostile while the others are as the specification says. */
export const parts = ['field', 'foreign field', 'body', 'content type', 'path', 'query', 'headers', 'method'] as const;
export type Part = (typeof parts)[number];

/** What there is, so that a request gets as far as it can: values of path parameters, of query parameters, of fields. */
export type Known = {
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, () => unknown>>;
};

/** Every hostile request to an operation, by the part that is. */
export function hostileRequests(operation: Operation, known: Known): Readonly<Record<Part, readonly Request[]>> {
  const { method, path, query, body } = plainRequest(operation, known);
  const url = query === '' ? path : `${path}?${query}`;
  const headers = { 'content-type': 'application/json' };
  const post = (body: string | Uint8Array): Request => ({ method, path: url, headers, body });
  const inBody = <T>(items: readonly T[], request: (item: T, example: object) => Request) =>
    items.flatMap((item) => {
      const example = body();
      return example === undefined ? [] : [request(item, example)];
    });
  const text = () => JSON.stringify(body());
  return {
    field: inBody(
      placesIn(body()).flatMap((place) => jsonValues.map((value) => [place, value] as const)),
      ([place, value], example) => post(written(example, place, value)),
    ),
    'foreign field': inBody(
      foreignFields.flatMap((name) => ['"x"', '{"isAdmin":true}', '1'].map((value) => [name, value] as const)),
      ([name, value], example) => post(`${JSON.stringify(example).slice(0, -1)},${JSON.stringify(name)}:${value}}`),
    ),
    body: inBody(brokenBodies, post),
    'content type': inBody(contentTypes, (type) => ({ ...post(text()), headers: { 'content-type': type } })),
    path: [...operation.path.matchAll(/\{\w+\}/g)].flatMap(([parameter]) =>
      [...segments, ...strings.map(encoded)].map((segment) => ({
        method,
        path: `${operation.path.replace(parameter, segment).replace(/\{(\w+)\}/g, 'x')}?${query}`,
        headers,
        body: text(),
      })),
    ),
    query: [
      ...queries,
      ...operation.query.flatMap(({ name }) => strings.map((value) => `${name}=${encoded(value)}`)),
    ].map((hostile) => ({ method, path: `${path}?${query}&${hostile}`, headers, body: text() })),
    headers: hostileHeaders.map((hostile) => ({
      method,
      path: url,
      headers: { ...headers, ...hostile },
      body: text(),
    })),
    method: methods.flatMap((method) => {
      // What others are tried on is not to be deleted.
      if (method === 'DELETE' && path !== operation.path) return [];
      return ['application/json', 'text/plain', ''].map((type) => ({
        method,
        path: url,
        headers: { 'content-type': type },
        body: text(),
      }));
    }),
  };
}

/** Requests with bodies that are right but for their size. */
export function largeRequests(operation: Operation, known: Known, sizes: readonly number[]): readonly Request[] {
  const { method, path, body } = plainRequest(operation, known);
  const example = body();
  if (example === undefined) return [];
  const headers = { 'content-type': 'application/json' };
  return sizes.map((size) => ({ method, path, headers, body: JSON.stringify(example).padEnd(size) }));
}

/** What is no page token, although it was one once or looks like one. */
export function brokenTokens(token: string): readonly string[] {
  const write = (content: unknown) => Buffer.from(JSON.stringify(content)).toString('base64url');
  const content: object = JSON.parse(Buffer.from(token, 'base64url').toString());
  const cuts = [1, 2, 3, Math.floor(token.length / 2), token.length - 2, token.length - 1];
  return [
    ...cuts.flatMap((length) => [token.slice(0, length), token.slice(length)]),
    ...[
      `${token}A`,
      `A${token}`,
      token + token,
      `${token}.`,
      `${token}=`,
      `${token}\0`,
      ` ${token}`,
      token.toLowerCase(),
    ],
    ...[null, 1, '', [], {}, [content], { position: 'x' }, { scope: 'x' }, { ...content, more: 1 }].map(write),
    ...[null, 1, [], {}, { S: 'x' }, '#', '\0', 'x'.repeat(500)].map((position) => write({ ...content, position })),
    ...[null, 1, [], {}, '', 'x'].map((scope) => write({ ...content, scope })),
    ...deep.map((json) => Buffer.from(json.slice(0, 500)).toString('base64url')),
  ];
}

/** Tokens that say another position, which may be one: then the list of that caller begins elsewhere, and no other list. */
export function movedTokens(token: string): readonly string[] {
  const content: object = JSON.parse(Buffer.from(token, 'base64url').toString());
  const positions = strings.map((position) => JSON.stringify({ ...content, position }));
  return [
    ...[...token].map((letter, index) => token.slice(0, index) + (letter === 'A' ? 'B' : 'A') + token.slice(index + 1)),
    ...positions.filter(({ length }) => length < 700).map((json) => Buffer.from(json).toString('base64url')),
  ];
}

/** A request as the specification wants it. */
function plainRequest({ method, path, query, bodies }: Operation, known: Known) {
  const required = query.filter(({ required }) => required).map(({ name }) => [name, known.query[name] ?? '']);
  return {
    method,
    path: path.replace(/\{(\w+)\}/g, (_, name) => known.path[name] ?? randomUUID()),
    query: new URLSearchParams(Object.fromEntries(required)).toString(),
    body: () => (bodies.length === 0 ? undefined : filled(Object.assign({}, ...bodies), known.fields)),
  };
}

function filled(example: object, fields: Known['fields']): object {
  return Object.fromEntries(Object.entries(example).map(([name, value]) => [name, fields[name]?.() ?? value]));
}

type Place = readonly string[];

/** Where in a value there is something, outermost first. */
function placesIn(value: unknown): readonly Place[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]): Place[] => [
    [name],
    ...placesIn(inner).map((place) => [name, ...place]),
  ]);
}

/** JSON of a value with other JSON in one place. */
function written(value: unknown, [first, ...rest]: Place, replacement: string): string {
  if (first === undefined) return replacement;
  const fields = Object.entries(value ?? {}).map(([name, inner]) => {
    return `${JSON.stringify(name)}:${name === first ? written(inner, rest, replacement) : JSON.stringify(inner)}`;
  });
  return `{${fields.join()}}`;
}

function encoded(text: string): string {
  // A longer URL does not get past any server.
  return encodeURIComponent(text.toWellFormed()).slice(0, 6000);
}

/** Bodies that are no JSON, or none of an object. */
const brokenBodies: readonly (string | Uint8Array)[] = [
  ...[
    '',
    ' ',
    '\n',
    'null',
    'true',
    '0',
    '-0',
    '1e999',
    '""',
    '[]',
    '{}',
    '[[]]',
    '[{}]',
    'NaN',
    'undefined',
    '\ufeff{}',
  ],
  ...[
    '{',
    '}',
    '[',
    ']',
    '"',
    '{"',
    '{"title"',
    '{"title":',
    '{"title":"',
    '{"title":"x",}',
    "{'title':'x'}",
    '{title:1}',
  ],
  ...[
    '{}}',
    '{"title":"x"}{"title":"y"}',
    '{"title":"x" "detail":"y"}',
    '//x\n{}',
    '<xml/>',
    'title=x',
    'a'.repeat(100_000),
  ],
  ...deep,
  `{${Array.from({ length: 5000 }, (_, index) => `"key${index}":${index}`).join()}}`,
  new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]),
  new Uint8Array([0xc0, 0xaf, 0xed, 0xa0, 0x80]),
  new Uint8Array([0x1f, 0x8b, 0x08, 0x00, 0x00]),
  Buffer.from('{"a":"b"}', 'utf16le'),
  Buffer.from('{"name":"\u00e9"}', 'latin1'),
];

const contentTypes: readonly string[] = [
  ...['', ' ', ';', '/', '*/*', 'json', 'application', 'application/', 'application/json;', 'APPLICATION/JSON'],
  ...[
    'application/json; charset=utf-16',
    'application/json; charset="',
    'application/json;;;',
    'application/json, text/plain',
  ],
  ...[
    'application/vnd.api+json',
    'application/jsonp',
    'application/json+xml',
    'text/json',
    'text/html',
    'text/plain;json',
  ],
  ...[
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'multipart/form-data; boundary=',
    'application/x-amz-json-1.0',
  ],
  ...['application/octet-stream', 'application/__proto__', '__proto__', 'constructor', 'a/b; c=d'.repeat(500)],
];

const segments: readonly string[] = [
  ...prototypes,
  ...[
    '%',
    '%%',
    '%zz',
    '%1',
    '%00',
    '%0a',
    '%0d%0aSet-Cookie:x',
    '%ff',
    '%c0%af',
    '%ed%a0%80',
    '%F0%9F%8C%B1',
    '%25',
    '%2F',
  ],
  ...[
    '.',
    '..',
    '../..',
    '..%2f..%2fetc%2fpasswd',
    '%2e%2e',
    '/',
    '//',
    '///x',
    '\\',
    ';',
    '?',
    '&',
    '=',
    '+',
    '*',
    '~',
    '{',
    '}',
  ],
  ...[
    '{taskId}',
    '{proxy+}',
    '$default',
    '$input.body',
    '#',
    "'",
    '%22',
    '%22%7D',
    '"',
    '<script>',
    'null',
    'undefined',
    '0',
    '-1',
  ],
  ...[
    'x'.repeat(2048),
    'x'.repeat(7000),
    '%41'.repeat(3000),
    'a/'.repeat(2000),
    '00000000-0000-0000-0000-000000000000',
  ],
  ...['FAILED%23x', 'ffffffff-ffff-ffff-ffff-fffffffffffg', '0197D2A0-0000-7000-8000-00000000000%'],
];

const methods: readonly string[] = [
  ...[
    'HEAD',
    'OPTIONS',
    'PUT',
    'PATCH',
    'DELETE',
    'TRACE',
    'PROPFIND',
    'MKCOL',
    'LOCK',
    'REPORT',
    'LINK',
    'PURGE',
    'SEARCH',
  ],
  ...['M-SEARCH', 'QUERY', 'SOURCE', 'BIND', 'ACL'],
];

const queries: readonly string[] = [
  ...[
    '',
    '&',
    '=',
    '==',
    '&&&',
    '?',
    '%',
    '%zz',
    '%00',
    '=x',
    'x',
    'x=',
    'limit',
    'limit=',
    '+',
    '%20',
    '%E0%A4%A',
    'a=%ff',
    ';',
  ],
  ...['0', '-1', '1.5', '1e3', '101', '999999999999', 'NaN', '%31', '%EF%BC%90', '1&limit=2', '0x10', '1%00'].map(
    (n) => `limit=${n}`,
  ),
  ...['', 'x', 'e30', 'e30=', '%%%', 'A'.repeat(1024), 'A'.repeat(5000), '..', '[]', 'bnVsbA'].map(
    (t) => `nextToken=${encodeURI(t)}`,
  ),
  ...['', 'TRUE', '1', 'null', 'true%00', 'true&isComplete=false'].map((value) => `isComplete=${value}`),
  ...['', 'now', '2026-01-01', '2026-13-01T00:00:00Z', '2026-01-01T00:00:00+99:99', '9999-12-31T23:59:59-23:59'].map(
    (at) => `dueBefore=${encodeURIComponent(at)}`,
  ),
  ...['', '0000-00-00', '2026-02-30', '9999-12-31', '-000001-01-01', '２０２６-01-01', 'x'.repeat(3000)].map(
    (day) => `date=${encodeURIComponent(day)}`,
  ),
  ...['', 'UTC%00', 'Mars/Base', '../etc', '%2B25:00', 'x'.repeat(3000), 'utc', '__proto__', '🌱'].map(
    (zone) => `timezone=${encodeURI(zone)}`,
  ),
  ...prototypes.map((name) => `${name}=x&${name}[x]=y&limit[${name}]=1`),
  Array.from({ length: 1500 }, (_, index) => `p${index}`).join('&'),
];

const hostileHeaders: readonly OutgoingHttpHeaders[] = [
  ...header('x-correlation-id', [
    '',
    ' ',
    'x'.repeat(129),
    'x'.repeat(5000),
    '<script>',
    'a b',
    '\u00e9',
    '../..',
    '"',
    '%0d%0a',
  ]),
  ...header('accept', [
    '',
    '*',
    'text/html',
    'application/xml;q=',
    ';;;',
    'application/json;q=2',
    ','.repeat(2000),
    '__proto__',
  ]),
  ...header('authorization', [
    '',
    'Basic',
    'Bearer',
    'Bearer x.y.z',
    'AWS4-HMAC-SHA256',
    'AWS4-HMAC-SHA256 Credential=x',
  ]),
  ...header('authorization', ['x'.repeat(4000), `Bearer ${secret}`]),
  ...header('origin', ['', 'null', 'https://evil.example', '\u00e9', 'x'.repeat(3000)]),
  ...header('host', ['', 'evil', '[::1', 'x:y:z', '..', 'x'.repeat(3000), '127.0.0.1:99999']),
  ...header('x-amz-target', ['DynamoDB_20120810.Scan', '.', 'x'.repeat(3000)]),
  ...header('content-type', ['application/json', 'x'.repeat(3000)]),
  ...prototypes.flatMap((name) => header(name, ['x'])),
  { 'x-http-method-override': 'DELETE' },
  { 'x-forwarded-for': 'x, y, z', 'x-forwarded-proto': 'gopher', forwarded: 'for=;;' },
  { range: 'bytes=-1', 'if-none-match': '*', 'if-modified-since': 'never' },
  { upgrade: 'h2c', connection: 'upgrade', 'http2-settings': '' },
  { connection: 'close, x', te: 'trailers' },
  { 'x-amzn-trace-id': 'Root=;;Parent=;Sampled=9' },
  ...header('idempotency-key', ['', ' ', 'x'.repeat(256), 'x'.repeat(3000), '__proto__', '"', '\u00e9', secret]),
  ...header('if-match', ['', '*', 'x', '"1"', 'W/"1"', '"1"'.repeat(500), `"${'9'.repeat(400)}"`, '"', '1,2,3']),
  ...header('accept-encoding', ['gzip', 'br;q=x', 'identity;q=0', '*;q=0']),
  ...header('content-encoding', ['gzip', 'br', 'deflate', 'x', 'gzip, gzip']),
  ...header('cookie', [`session=${secret}`, '='.repeat(3000), '__proto__=x']),
  ...header('x-api-key', ['', 'x', secret]),
  Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`x-${index}`, 'y'])),
];

function header(name: string, values: readonly string[]): OutgoingHttpHeaders[] {
  return values.map((value) => ({ [name]: value }));
}

/** Whole requests, of which little is HTTP, as they are written to the socket. Each asks for the connection to end. */
export function rawRequests(path: string): readonly string[] {
  const get = (lines: string, version = 'HTTP/1.1'): string =>
    `GET ${path} ${version}\r\nConnection: close\r\n${lines}\r\n\r\n`;
  const post = (lines: string): string =>
    `POST ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n${lines}\r\n\r\n`;
  return [
    ...['HTTP/9.9', 'HTTP/1.0', 'HTTP/', 'http/1.1', 'HTTP/2.0', 'FTP/1.1', ''].map((version) =>
      get('Host: localhost', version),
    ),
    ...[
      'Host: localhost\r\nHost: y',
      'x',
      ': x',
      'Host : x',
      'Host: localhost\r\n folded',
      'Host: localhost\0y',
      'Host:',
      'X: \u0001',
      'Héader: x',
    ].map((lines) => get(lines)),
    ...['-1', '1e3', '99999999999999999999', 'x', '', '5, 6', '0x5'].map(
      (length) => `${post(`Content-Length: ${length}`)}{}`,
    ),
    ...['chunked', 'chunked, chunked', 'gzip', 'x', 'chunked\r\nContent-Length: 2'].flatMap((encoding) =>
      ['zz\r\n{}\r\n0\r\n\r\n', '2\r\n{}\r\n0\r\n\r\n', '2\r\n{}\r\n0\r\nTrailer: x\r\n\r\n'].map(
        (body) => post(`Transfer-Encoding: ${encoding}`) + body,
      ),
    ),
    `${post('Expect: 100-continue\r\nContent-Length: 2')}{}`,
    `${post('Expect: a miracle\r\nContent-Length: 2')}{}`,
    get(`Host: localhost\r\nX: ${'y'.repeat(100_000)}`),
    get(`Host: localhost\r\n${'X: y\r\n'.repeat(3000)}Z: z`),
    get('Host: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x'),
    get('Host: localhost').replace(path, `${path}?${'x'.repeat(200_000)}`),
    get('Host: localhost').replace(path, `${path}/\u00e9\u00fc`),
    get('Host: localhost').replace(path, `${path}/a b`),
    get('Host: localhost').replace(path, `http://evil.example${path}`),
    get('Host: localhost').replace('GET', 'get'),
    get('Host: localhost').replace(`GET ${path}`, 'OPTIONS *'),
    get('Host: localhost').replace(`GET ${path}`, 'CONNECT evil.example:443'),
    get('Host: localhost').repeat(20),
  ];
}

/** What a client sends that gives up in the middle. */
export function brokenOffRequests(path: string): readonly (string | Uint8Array)[] {
  const post = (lines: string): string => `POST ${path} HTTP/1.1\r\nHost: localhost\r\n${lines}\r\n\r\n`;
  return [
    ...[
      '',
      '\r\n\r\n',
      '\0\0\0\0',
      'GET',
      'GET \r\n\r\n',
      `GET ${path}\r\n\r\n`,
      '{"title":"x"}',
      'QUIT\r\n',
      '\u00ff\u00fe',
    ],
    ...[`GET ${path} HTTP/1.1`, `GET ${path} HTTP/1.1\r\nHost: localhost`, `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`],
    ...[
      `${post('Content-Length: 50')}{}`,
      `${post('Transfer-Encoding: chunked')}2\r\n{}\r\n`,
      post('Expect: 100-continue'),
    ],
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    new Uint8Array([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03]),
  ];
}

const signed = (service: string): OutgoingHttpHeaders => ({
  authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
});
const jsonServices = [
  ...[
    'DynamoDB_20120810.Query',
    'DynamoDB_20120810.Nothing',
    'DynamoDBStreams_20120810.GetRecords',
    'AmazonSQS.SendMessage',
  ],
  ...[
    'AmazonSQS.__proto__',
    'Logs_20140328.FilterLogEvents',
    'GraniteServiceVersion20100801.PutMetricData',
    '__proto__.x',
    '.',
  ],
];
const restServices = ['lambda', 's3', 'apigateway', 'pipes', 'ecr', '__proto__', 'constructor', ''];
const queryServices = ['cloudformation', 'iam', 'sns', 'sts', 'sqs', 'monitoring'];
const brokenJson = ['', '{', 'null', '[]', '"x"', '{"TableName":1}', '{"__proto__":1}', ...deep];

export const awsRequests: readonly Request[] = [
  ...jsonServices.flatMap((target) =>
    brokenJson.map((body) => ({
      method: 'POST',
      path: '/',
      headers: { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.0' },
      body,
    })),
  ),
  ...restServices.flatMap((service) =>
    [
      '/%',
      '/%zz',
      '/2015-03-31/functions/%/invocations',
      '/2015-03-31/functions/__proto__',
      '/restapis/x',
      '/v1/pipes/%00',
    ].flatMap((path) =>
      ['GET', 'POST', 'PUT'].map((method) => ({
        method,
        path,
        headers: signed(service),
        body: method === 'GET' ? '' : '{',
      })),
    ),
  ),
  ...queryServices.flatMap((service) =>
    [
      '',
      'Action',
      'Action=',
      'Action=__proto__',
      'Action=DescribeStacks&StackName=%',
      'Action=Publish',
      '%%%',
      '\0',
    ].map((body) => ({
      method: 'POST',
      path: '/',
      headers: { ...signed(service), 'content-type': 'application/x-www-form-urlencoded' },
      body,
    })),
  ),
  ...[
    '/_local',
    '/_local/__proto__',
    '/_localstack/health/x',
    '/restapis',
    '/restapis/__proto__/local/_user_request_/x',
  ].map((path) => ({ path })),
];
