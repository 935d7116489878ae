import type { JsonObject } from '../../core/json.ts';

/** An action of a REST service: where its input goes. Members that the path does not name go into the query or body. */
export type RestAction = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  /** Sent as text, and not in JSON: `Payload` of Invoke. */
  readonly payload?: string;
  /** Members that are headers. */
  readonly headers?: Readonly<Record<string, string>>;
};

const functions = '/2015-03-31/functions';
const mappings = '/2015-03-31/event-source-mappings';

/** What the page and people need of services whose actions are paths. */
export const restActions: Readonly<Record<string, Readonly<Record<string, RestAction>>>> = {
  lambda: {
    Invoke: {
      method: 'POST',
      path: `${functions}/{FunctionName}/invocations`,
      payload: 'Payload',
      headers: {
        InvocationType: 'x-amz-invocation-type',
        LogType: 'x-amz-log-type',
        ClientContext: 'x-amz-client-context',
      },
    },
    ListFunctions: { method: 'GET', path: `${functions}/` },
    GetFunction: { method: 'GET', path: `${functions}/{FunctionName}` },
    GetFunctionConfiguration: { method: 'GET', path: `${functions}/{FunctionName}/configuration` },
    UpdateFunctionConfiguration: { method: 'PUT', path: `${functions}/{FunctionName}/configuration` },
    ListVersionsByFunction: { method: 'GET', path: `${functions}/{FunctionName}/versions` },
    ListAliases: { method: 'GET', path: `${functions}/{FunctionName}/aliases` },
    GetPolicy: { method: 'GET', path: `${functions}/{FunctionName}/policy` },
    GetFunctionConcurrency: { method: 'GET', path: '/2019-09-30/functions/{FunctionName}/concurrency' },
    PutFunctionConcurrency: { method: 'PUT', path: '/2017-10-31/functions/{FunctionName}/concurrency' },
    DeleteFunctionConcurrency: { method: 'DELETE', path: '/2017-10-31/functions/{FunctionName}/concurrency' },
    /** With `List: 'ALL'`, which tells it from GetProvisionedConcurrencyConfig. */
    ListProvisionedConcurrencyConfigs: {
      method: 'GET',
      path: '/2019-09-30/functions/{FunctionName}/provisioned-concurrency',
    },
    GetFunctionEventInvokeConfig: { method: 'GET', path: '/2019-09-25/functions/{FunctionName}/event-invoke-config' },
    ListEventSourceMappings: { method: 'GET', path: `${mappings}/` },
    GetEventSourceMapping: { method: 'GET', path: `${mappings}/{UUID}` },
    UpdateEventSourceMapping: { method: 'PUT', path: `${mappings}/{UUID}` },
  },
  pipes: {
    ListPipes: { method: 'GET', path: '/v1/pipes' },
    DescribePipe: { method: 'GET', path: '/v1/pipes/{Name}' },
    StartPipe: { method: 'POST', path: '/v1/pipes/{Name}/start' },
    StopPipe: { method: 'POST', path: '/v1/pipes/{Name}/stop' },
  },
  scheduler: {
    ListSchedules: { method: 'GET', path: '/schedules' },
    GetSchedule: { method: 'GET', path: '/schedules/{Name}' },
    ListScheduleGroups: { method: 'GET', path: '/schedule-groups' },
  },
  apigateway: {
    GetRestApis: { method: 'GET', path: '/restapis' },
    GetStages: { method: 'GET', path: '/restapis/{restApiId}/stages' },
    GetResources: { method: 'GET', path: '/restapis/{restApiId}/resources' },
    GetApis: { method: 'GET', path: '/v2/apis' },
    GetRoutes: { method: 'GET', path: '/v2/apis/{ApiId}/routes' },
  },
  s3: {
    ListBuckets: { method: 'GET', path: '/' },
    ListObjectsV2: { method: 'GET', path: '/{Bucket}?list-type=2' },
    DeleteObject: { method: 'DELETE', path: '/{Bucket}/{Key}' },
    PutObject: { method: 'PUT', path: '/{Bucket}/{Key}', payload: 'Body', headers: { ContentType: 'content-type' } },
  },
};

/** Members that have another name in the query. */
const queryNames: Readonly<Record<string, string>> = {
  Prefix: 'prefix',
  MaxKeys: 'max-keys',
  ContinuationToken: 'continuation-token',
  GroupName: 'groupName',
};

export type RestCall = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
};

/** Distributes the input of an action over path, query, headers and body. */
export function restCall(action: RestAction, input: JsonObject): RestCall {
  const rest = new Map(Object.entries(input));
  const take = (name: string): string => {
    const value = rest.get(name);
    rest.delete(name);
    return typeof value === 'string' ? value : JSON.stringify(value ?? '');
  };
  const [template = '', fixedQuery = ''] = action.path.split('?');
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    // Keys of objects have slashes of their own.
    take(name)
      .split(name === 'Key' ? '/' : '\0')
      .map(encodeURIComponent)
      .join('/'),
  );
  const headers = Object.fromEntries(
    Object.entries(action.headers ?? {}).flatMap(([name, header]) => (rest.has(name) ? [[header, take(name)]] : [])),
  );
  const payload = action.payload === undefined || !rest.has(action.payload) ? undefined : take(action.payload);
  const query = new URLSearchParams(fixedQuery);
  const isInQuery = action.method === 'GET' || action.method === 'DELETE';
  if (isInQuery)
    for (const [name, value] of rest) if (value !== null) query.set(queryNames[name] ?? name, String(value));
  const body = payload ?? (isInQuery || rest.size === 0 ? '' : JSON.stringify(Object.fromEntries(rest)));
  return { method: action.method, path, query, headers, body: Buffer.from(body) };
}
