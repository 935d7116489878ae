import { decodeSegment } from '../core/decode-segment.ts';

/** Where a request to the one port goes. */
export type Target =
  | { readonly kind: 'page'; readonly path: string }
  | {
      readonly kind: 'api';
      readonly apiId: string;
      readonly stage: string | undefined;
      readonly path: string;
      readonly domain?: { readonly name: string; readonly basePath: string };
      /** Whether the path names the API, so that it shares its origin with the endpoint's own pages. */
      readonly isByPath: boolean;
      readonly isByName?: boolean;
    }
  | {
      readonly kind: 'aws';
      readonly service: string;
      readonly region: string | undefined;
      readonly accessKeyId: string | undefined;
      /** Where the call says who makes it: `target` is an unsigned one with `X-Amz-Target`. */
      readonly signature: 'header' | 'presigned' | 'target' | 'none';
    };

/** A target, or an API by its name, which is the segment after `/_api/`. */
export type Route = Target | { readonly kind: 'named-api'; readonly name: string; readonly path: string };

type Incoming = {
  readonly host: string;
  /** Without the query, percent-encoding kept. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether browsers get the console at `/`. */
  readonly hasConsole?: boolean;
};

/** Target prefixes of the JSON services, for unsigned calls and for SDKs that sign Streams as `dynamodb`. */
const servicesByTarget: Readonly<Record<string, string>> = {
  DynamoDB_20120810: 'dynamodb',
  DynamoDBStreams_20120810: 'dynamodb',
  AmazonSQS: 'sqs',
  AWSEvents: 'events',
  Logs_20140328: 'logs',
  GraniteServiceVersion20100801: 'monitoring',
  AmazonSSM: 'ssm',
  secretsmanager: 'secretsmanager',
  TrentService: 'kms',
};

const restPath = /^\/restapis\/([^/]+)\/([^/]+)\/_user_request_(\/.*)?$/;
/** What follows the id is as on the API's own host: the stage, unless it is a function URL or has a `$default` stage. */
const apiPath = /^\/_aws\/(?:execute-api|lambda-url)\/([^/]+)(\/.*)?$/;
const namedPath = /^\/_api\/([^/]+)(\/.*)?$/;
/** Where Amazon Cognito shows a user pool's keys, below the endpoint instead of below `cognito-idp`. */
const poolPage = /^\/[a-z0-9-]+_[A-Za-z0-9]+\/\.well-known\/[\w.-]+$/;
const apiHost = /^([a-z0-9]+)\.(?:execute-api|lambda-url)\.[^/]+$/i;

/** The services of which requests may carry the signature in the URL: of Lambda it is what GetFunction presigns. */
const presignable = new Set(['s3', 'lambda']);
/** Signature versions 4 and, of old S3 clients, 2. */
const version4 = /^AWS4-(?:HMAC|ECDSA-P256)-SHA256 (?:.*[\s,])?Credential=([^,\s]+)/;
const version2 = /^AWS ([^:\s]+):\S+$/;

/**
 * Decides what a request is for: a page of the endpoint itself, a deployed API or function URL (by path, host or name), or an AWS API (by
 * signature, then by target, then S3, which alone is called without either).
 */
export function route({ host, path, query, headers, hasConsole = false }: Incoming): Route {
  const rest = restPath.exec(path);
  if (rest !== null) {
    const [, apiId = '', stage = '', below = '/'] = rest;
    return { kind: 'api', apiId, stage: decodeSegment(stage), path: below, isByPath: true };
  }
  const byId = apiPath.exec(path);
  if (byId !== null)
    return { kind: 'api', apiId: byId[1] ?? '', stage: undefined, path: byId[2] ?? '/', isByPath: true };
  const byHost = apiHost.exec(host);
  if (byHost?.[1] !== undefined) return { kind: 'api', apiId: byHost[1], stage: undefined, path, isByPath: false };
  if (path === '/_api' || path === '/_api/') return { kind: 'page', path: '/_api' };
  const byName = namedPath.exec(path);
  if (byName !== null) return { kind: 'named-api', name: decodeSegment(byName[1] ?? ''), path: byName[2] ?? '/' };
  if (path.startsWith('/_local') || poolPage.test(path)) return { kind: 'page', path };
  if (hasConsole && path === '/' && query.size === 0 && isDocument(headers)) return { kind: 'page', path };
  return awsTarget(query, headers);
}

/** A browser that opens an address; clients of S3 send a signature, and do not ask for HTML. */
function isDocument({
  accept = '',
  authorization,
  'sec-fetch-dest': destination = 'document',
}: Incoming['headers']): boolean {
  return authorization === undefined && accept.includes('text/html') && destination === 'document';
}

function awsTarget(query: URLSearchParams, headers: Incoming['headers']): Target {
  const byTarget = servicesByTarget[headers['x-amz-target']?.split('.')[0] ?? ''];
  const authorization = headers.authorization ?? '';
  const signed = credentialScope(version4.exec(authorization)?.[1]);
  if (signed !== undefined) return { kind: 'aws', signature: 'header', ...signed, service: byTarget ?? signed.service };
  const unnamed = { kind: 'aws', region: undefined } as const;
  const signer = version2.exec(authorization)?.[1];
  if (signer !== undefined) return { ...unnamed, signature: 'header', service: 's3', accessKeyId: signer };
  if (byTarget !== undefined) {
    return { ...unnamed, signature: 'target', service: byTarget, accessKeyId: undefined };
  }
  const inQuery = credentialScope(query.get('X-Amz-Credential') ?? undefined);
  if (inQuery !== undefined) {
    return { kind: 'aws', signature: presignable.has(inQuery.service) ? 'presigned' : 'none', ...inQuery };
  }
  const accessKeyId = query.get('AWSAccessKeyId') ?? undefined;
  return { ...unnamed, signature: accessKeyId === undefined ? 'none' : 'presigned', service: 's3', accessKeyId };
}

function credentialScope(
  credential: string | undefined,
): { accessKeyId: string; region: string; service: string } | undefined {
  const [accessKeyId, , region, service] = credential?.split('/') ?? [];
  if (accessKeyId === undefined || region === undefined || service === undefined) return undefined;
  return { accessKeyId, region, service };
}
