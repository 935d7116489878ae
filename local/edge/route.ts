/** Where a request to the one port goes. */
export type Target =
  | { readonly kind: 'page'; readonly path: string }
  | {
      readonly kind: 'api';
      readonly apiId: string;
      readonly stage: string | undefined;
      readonly path: string;
      readonly domain?: { readonly name: string; readonly basePath: string };
    }
  | {
      readonly kind: 'aws';
      readonly service: string;
      readonly region: string | undefined;
      readonly accessKeyId: string | undefined;
    };

type Incoming = {
  readonly host: string;
  /** Without the query, percent-encoding kept. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
};

/** Target prefixes of the JSON services, for unsigned calls and for SDKs that sign Streams as `dynamodb`. */
const servicesByTarget: Readonly<Record<string, string>> = {
  DynamoDB_20120810: 'dynamodb',
  DynamoDBStreams_20120810: 'dynamodb',
  AmazonSQS: 'sqs',
  Logs_20140328: 'logs',
  GraniteServiceVersion20100801: 'monitoring',
};

const apiPath = /^\/(?:restapis\/([^/]+)\/([^/]+)\/_user_request_|_aws\/execute-api\/([^/]+)\/([^/]+))(\/.*)?$/;
/** Where Amazon Cognito shows a user pool's keys, below the endpoint instead of below `cognito-idp`. */
const poolPage = /^\/[a-z0-9-]+_[A-Za-z0-9]+\/\.well-known\/[\w.-]+$/;
const apiHost = /^([a-z0-9]+)\.execute-api\.[^/]+$/i;

/**
 * Tells what a request is for: a page of the endpoint itself, a deployed API (by path or host), or an AWS API (by
 * signature, then by target, then S3, which alone is called without either).
 */
export function route({ host, path, query, headers }: Incoming): Target {
  const byPath = apiPath.exec(path);
  if (byPath !== null) {
    const [, restId, restStage, executeId, executeStage, rest] = byPath;
    const stage = restStage ?? executeStage;
    return { kind: 'api', apiId: restId ?? executeId ?? '', stage: decodeSegment(stage), path: rest ?? '/' };
  }
  const byHost = apiHost.exec(host);
  if (byHost?.[1] !== undefined) return { kind: 'api', apiId: byHost[1], stage: undefined, path };
  if (path.startsWith('/_local') || poolPage.test(path)) return { kind: 'page', path };

  const scope = credentialScope(headers.authorization, query);
  const target = headers['x-amz-target']?.split('.')[0] ?? '';
  const service = servicesByTarget[target] ?? scope?.service ?? 's3';
  return { kind: 'aws', service, region: scope?.region, accessKeyId: scope?.accessKeyId };
}

function decodeSegment(segment: string | undefined): string | undefined {
  try {
    return segment === undefined ? undefined : decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function credentialScope(
  authorization: string | undefined,
  query: URLSearchParams,
): { accessKeyId: string; region: string; service: string } | undefined {
  const credential = /Credential=([^,\s]+)/.exec(authorization ?? '')?.[1] ?? query.get('X-Amz-Credential') ?? '';
  const [accessKeyId, , region, service] = credential.split('/');
  if (accessKeyId === undefined || region === undefined || service === undefined) return undefined;
  return { accessKeyId, region, service };
}
