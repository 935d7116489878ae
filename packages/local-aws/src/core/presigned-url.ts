import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { AwsError } from './aws-error.ts';
import type { Credentials } from './credentials.ts';

export type SignedRequest = {
  readonly method: string;
  /** As sent, percent-encoding kept, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
};

type Scope = { readonly date: string; readonly region: string; readonly service: string };

/** What a URL that is presigned with signature version 4 has in its query. */
const parameters = [
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Date',
  'X-Amz-Expires',
  'X-Amz-Signature',
  'X-Amz-SignedHeaders',
] as const;
const algorithm = 'AWS4-HMAC-SHA256';
const week = 7 * 24 * 3600;

/**
 * Checks a presigned URL as S3 does: its form, its lifetime and the headers that it has to cover, and the signature
 * itself where the secret is known, which it is of the credentials that the endpoint issued.
 *
 * @param now in milliseconds
 * @throws AwsError
 */
export function checkPresigned(
  request: SignedRequest,
  now: number,
  credentialsOf: (accessKeyId: string) => Credentials | undefined,
): void {
  const { query, headers } = request;
  if (query.has('AWSAccessKeyId')) {
    checkVersion2(query, now);
    return;
  }
  const absent = parameters.some((name) => (query.get(name) ?? '') === '');
  if (absent || query.get('X-Amz-Algorithm') !== algorithm) {
    const last = parameters.at(-1);
    throw malformed(`requires the ${parameters.slice(0, -1).join(', ')} and ${last} parameters, and ${algorithm}.`);
  }
  const [accessKeyId = '', date = '', region = '', service = '', end] = value(query, 'X-Amz-Credential').split('/');
  const signedAt = parseTime(value(query, 'X-Amz-Date'));
  if (end !== 'aws4_request' || signedAt === undefined || date !== value(query, 'X-Amz-Date').slice(0, 8)) {
    throw malformed('has a credential <access key>/<date>/<region>/<service>/aws4_request of the day of X-Amz-Date.');
  }
  const lifetime = Number(value(query, 'X-Amz-Expires'));
  if (!Number.isInteger(lifetime) || lifetime < 0 || lifetime > week) {
    throw malformed(`has X-Amz-Expires between 0 and ${week} seconds.`);
  }
  // Clocks of clients may be fast by 15 minutes.
  if (signedAt > now + 15 * 60_000) throw denied('Request is not valid yet');
  if (now > signedAt + lifetime * 1000) throw denied('Request has expired');
  const names = value(query, 'X-Amz-SignedHeaders').split(';');
  const unsigned = Object.keys(headers).some((name) => name.startsWith('x-amz-') && !names.includes(name));
  if (!names.includes('host') || unsigned) {
    throw denied('There were headers present in the request which were not signed');
  }
  const credentials = credentialsOf(accessKeyId);
  if (credentials === undefined) return;
  const expected = signatureOf(request, { date, region, service }, credentials.secretAccessKey);
  const hasToken = query.get('X-Amz-Security-Token') === credentials.sessionToken;
  if (!hasToken || !isSame(expected, value(query, 'X-Amz-Signature'))) {
    throw new AwsError(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
      403,
    );
  }
}

/**
 * Presigns a URL with the credentials that `checkPresigned` knows.
 *
 * @param expires in seconds
 */
export function presign(
  url: URL,
  { method, region, service, now, expires }: Omit<Scope, 'date'> & { method: string; now: number; expires: number },
  { accessKeyId, secretAccessKey, sessionToken }: Credentials,
): URL {
  const time = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const scope = { date: time.slice(0, 8), region, service };
  const signed = new URL(url);
  const query = signed.searchParams;
  query.set('X-Amz-Algorithm', algorithm);
  query.set('X-Amz-Credential', `${accessKeyId}/${scope.date}/${region}/${service}/aws4_request`);
  query.set('X-Amz-Date', time);
  query.set('X-Amz-Expires', String(expires));
  query.set('X-Amz-SignedHeaders', 'host');
  query.set('X-Amz-Security-Token', sessionToken);
  const request = { method, path: signed.pathname, query, headers: { host: signed.host } };
  query.set('X-Amz-Signature', signatureOf(request, scope, secretAccessKey));
  return signed;
}

/** Signature version 2, which boto3 still uses for presigned URLs of us-east-1: form and lifetime. */
function checkVersion2(query: URLSearchParams, now: number): void {
  const expires = Number(query.get('Expires') ?? Number.NaN);
  if ((query.get('Signature') ?? '') === '' || !Number.isInteger(expires)) {
    throw denied('Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters');
  }
  if (now > expires * 1000) throw denied('Request has expired');
}

function signatureOf(
  { method, path, query, headers }: SignedRequest,
  { date, region, service }: Scope,
  secret: string,
): string {
  const names = value(query, 'X-Amz-SignedHeaders').split(';');
  const canonicalQuery = [...query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, text]) => [encode(name), encode(text)] as const)
    .sort(([a, c], [b, d]) => (a < b || (a === b && c < d) ? -1 : 1))
    .map((parameter) => parameter.join('='))
    .join('&');
  const canonicalHeaders = names.map((name) => `${name}:${(headers[name] ?? '').trim().replaceAll(/\s+/g, ' ')}\n`);
  const payload =
    headers['x-amz-content-sha256'] ??
    query.get('X-Amz-Content-Sha256') ??
    (service === 's3' ? 'UNSIGNED-PAYLOAD' : sha256(''));
  const canonicalRequest = [
    method,
    service === 's3' ? path : normalized(path),
    canonicalQuery,
    canonicalHeaders.join(''),
    names.join(';'),
    payload,
  ].join('\n');
  const time = value(query, 'X-Amz-Date');
  const toSign = [algorithm, time, `${date}/${region}/${service}/aws4_request`, sha256(canonicalRequest)].join('\n');
  const key = [date, region, service, 'aws4_request'].reduce<string | Buffer>(
    (parent, text) => createHmac('sha256', parent).update(text).digest(),
    `AWS4${secret}`,
  );
  return createHmac('sha256', key).update(toSign).digest('hex');
}

/** 20260101T120000Z in milliseconds. */
function parseTime(text: string): number | undefined {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time) ? undefined : time;
}

function value(query: URLSearchParams, name: (typeof parameters)[number]): string {
  return query.get(name) ?? '';
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** What services other than S3 sign: the path without empty and dot segments, encoded once more. */
function normalized(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(encode(segment));
  }
  const end = segments.length > 0 && path.endsWith('/') ? '/' : '';
  return `/${segments.join('/')}${end}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function isSame(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

function malformed(rule: string): AwsError {
  return new AwsError('AuthorizationQueryParametersError', `Query-string authentication version 4 ${rule}`);
}

function denied(message: string): AwsError {
  return new AwsError('AccessDenied', message, 403);
}
